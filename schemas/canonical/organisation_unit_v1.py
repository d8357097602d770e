"""`organisation_unit.v1`: an agency or unit of the province (cơ quan, đơn vị), from a day on. No personal data."""

import operator
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from lienthong import Personal
from schemas.shapes import Shape

TYPE = "organisation_unit.v1"


class OrganisationUnit(Shape):
    """What holds for a unit from the local day `starts_on` to the day before `ends_on`.

    (code, starts_on) identifies a version, and a correction of it is observed later. `level` is province, department,
    branch, station, district, commune or centre; another level is kept as it came, with the flag `level-unknown`.
    `codes` are its codes in other systems by their names, `successors` the units that took over when it ended.
    """

    code: str
    name: str | None = None
    level: str | None = None
    parent: str | None = None
    codes: dict[str, str] = Field(default_factory=dict)
    starts_on: date
    ends_on: date | None = None
    successors: tuple[str, ...] = ()
    email: Annotated[str | None, Personal("none")] = None  # of an office, not of a person
    calendar: str | None = None
    receives: bool = True
    observed_at: datetime
    quality: tuple[str, ...] = Field((), exclude_if=operator.not_)
