"""`procedure.v1`: a procedure (thủ tục hành chính) of the catalogue, from a day on. It has no personal data."""

import operator
from datetime import date, datetime
from typing import Literal

from pydantic import Field

from schemas.shapes import Shape

TYPE = "procedure.v1"

OnlineLevel = Literal["information", "partial", "full"]
"""Information alone, một phần, toàn trình."""


class Component(Shape):
    """A paper to be handed in (thành phần hồ sơ). Any of the results `replaced_by` replaces it.

    `cases` are the cases (trường hợp) of the procedure that ask for it, from 1. It is absent where the procedure
    has no cases to distinguish: then every filer hands it in.
    """

    code: str | None = None
    name: str | None = None
    replaced_by: tuple[str, ...] = ()
    cases: tuple[int, ...] = Field((), exclude_if=operator.not_)


class Result(Shape):
    """A paper or document that the procedure hands out (kết quả)."""

    code: str
    name: str | None = None


class Procedure(Shape):
    """What holds for a procedure from the local day `effective_from` until its next version takes effect.

    `code` is the national code; (code, effective_from) identifies a version, and a correction of it is observed later.
    `authentication_level` is what a filer's account must have (1 to 3), None when it is not known. `quality` flags
    parts that could not be read (`shape-unclear`); it is absent without a flag.
    """

    code: str
    name: str | None = None
    field: str | None = None
    online_level: OnlineLevel
    authentication_level: Literal[1, 2, 3] | None = None
    effective_from: date
    components: tuple[Component, ...] = ()
    results: tuple[Result, ...] = ()
    observed_at: datetime
    quality: tuple[str, ...] = Field((), exclude_if=operator.not_)
