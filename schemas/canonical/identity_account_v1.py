"""`identity_account.v1`: one state of a VNeID account (tài khoản định danh điện tử)."""

import operator
from datetime import datetime
from typing import Literal

from pydantic import Field

from schemas.shapes import Identity, Shape

TYPE = "identity_account.v1"


class IdentityAccount(Shape):
    """The account of `identity` has `level` 1 or 2 (mức độ định danh) from `activated_at` (UTC) on.

    `quality` flags an activation that cannot have happened then; it is absent without a flag.
    """

    identity: Identity
    level: Literal[1, 2]
    account_type: str | None = None
    activated_at: datetime
    observed_at: datetime
    quality: tuple[str, ...] = Field((), exclude_if=operator.not_)
