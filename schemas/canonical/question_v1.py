"""`question.v1`: a question (hỏi đáp) that was asked on the national portal, and what has become of it."""

import operator
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from lienthong import Personal
from schemas.shapes import PersonName, Shape

TYPE = "question.v1"

RoutedBy = Literal["procedure", "field", "agency", "rest", "addressee"]
"""By what the competent agency was found: a row of the table (`rest`: its last one), or it is the one addressed."""


class Question(Shape):
    """One observed version of a question; `code` is that of the portal. Versions are ordered by `observed_at`.

    - `procedure` is the national code. `addressed_to` is the agency as the portal has it (MADONVI).
    - `agency` is the competent one, None when neither the table nor the question names any; `routed_by` states why.
    - `state`: `open`, `answered` (the portal has an answer), `published`. `reply` is the answer that the portal shows.
    - `quality` flags parts that could not be read (`shape-unclear`); it is absent without a flag.
    """

    code: str
    field: str | None = None
    procedure: str | None = None
    addressed_to: str | None = None
    addressed_name: str | None = None
    text: Annotated[str, Personal("other")]
    asker_name: PersonName = None
    asker_address: Annotated[str | None, Personal("address")] = None
    asker_email: Annotated[str | None, Personal("email")] = None
    asker_phone: Annotated[str | None, Personal("phone")] = None
    agency: str | None = None
    routed_by: RoutedBy | None = None
    state: Literal["open", "answered", "published"]
    reply: str | None = None
    reply_code: str | None = None
    observed_at: datetime
    quality: tuple[str, ...] = Field((), exclude_if=operator.not_)
