"""`civil_servant.v1`: one period of service of a civil servant, public employee or contract worker (CBCCVC, HĐ)."""

import operator
from datetime import date, datetime
from typing import Literal

from pydantic import Field

from schemas.shapes import Identity, Shape

TYPE = "civil_servant.v1"

Category = Literal["CB", "CC", "VC", "HD"]
"""Cán bộ, công chức, viên chức, người hợp đồng."""


class CivilServant(Shape):
    """Service in one agency on the local days `[starts_on, ends_on)`; `ends_on` is None while it lasts.

    (staff_no, starts_on) identifies a period; a correction of it has a later `updated_at` (UTC).
    `updated_at` is never later than `observed_at`. `quality` flags a date of change that cannot be one, and numbers
    that are there and cannot be read (`identity-unreadable`, `old-identity-unreadable`); it is absent without a flag.
    """

    staff_no: str
    identity: Identity
    old_identity: Identity = None
    category: Category
    agency: str
    agency_name: str | None = None
    position: str | None = None
    starts_on: date
    ends_on: date | None = None
    updated_at: datetime
    observed_at: datetime
    quality: tuple[str, ...] = Field((), exclude_if=operator.not_)
