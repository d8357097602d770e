"""`identity_account.v1`: one state of a VNeID account (tài khoản định danh điện tử)."""

from datetime import datetime
from typing import Literal

from schemas.shapes import Identity, Shape

TYPE = "identity_account.v1"


class IdentityAccount(Shape):
    """The account of `identity` has `level` 1 or 2 (mức độ định danh) from `activated_at` (UTC) on."""

    identity: Identity
    level: Literal[1, 2]
    account_type: str | None = None
    activated_at: datetime
    observed_at: datetime
