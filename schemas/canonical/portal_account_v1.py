"""`portal_account.v1`: an account of the provincial portal, and who helped to open it. It names no person."""

import operator
from datetime import datetime

from pydantic import Field

from schemas.shapes import Shape

TYPE = "portal_account.v1"


class PortalAccount(Shape):
    """An account opened at `opened_at` (UTC). `assisted_by` is the body that helped, such as DOAN_THANH_NIEN."""

    account: str
    opened_at: datetime
    assisted_by: str | None = None
    observed_at: datetime
    quality: tuple[str, ...] = Field((), exclude_if=operator.not_)
