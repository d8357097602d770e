"""`petition.v1`: a petition (phản ánh, kiến nghị), with the moments from which its deadlines are counted.

What a petition looks like outside is not published, so this shape is the project's own.
"""

import operator
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from lienthong import Personal
from schemas.canonical.question_v1 import RoutedBy
from schemas.shapes import PersonName, Shape

TYPE = "petition.v1"


class Petition(Shape):
    """One observed version of a petition. Moments are UTC, None when it has not come to that.

    - `kind`: on a rule or procedure, or on the conduct of officers; None when it is not known (QĐ 766, 5.1).
    - `received_at`, `refused_at`, `supplement_requested_at`, `supplemented_at`, `answered_at`, `published_at`: QĐ 766,
      5.2 counts working days from and to them: refused within 2, supplement asked for within 5, answered within 15,
      published within 2 of the answer. The days are not counted here.
    - `agency` and `routed_by` are as in `question.v1`. Versions are ordered by `observed_at`.
    - `quality`: `moments-out-of-order`, `received-unknown`, `shape-unclear`, and flags of dates.
    """

    code: str
    kind: Literal["procedure", "conduct"] | None = None
    field: str | None = None
    procedure: str | None = None
    addressed_to: str | None = None
    addressed_name: str | None = None
    statement: Annotated[str, Personal("other")]
    petitioner_name: PersonName = None
    petitioner_address: Annotated[str | None, Personal("address")] = None
    petitioner_email: Annotated[str | None, Personal("email")] = None
    petitioner_phone: Annotated[str | None, Personal("phone")] = None
    agency: str | None = None
    routed_by: RoutedBy | None = None
    received_at: datetime | None = None
    refused_at: datetime | None = None
    refusal_reason: str | None = None
    supplement_requested_at: datetime | None = None
    supplemented_at: datetime | None = None
    answered_at: datetime | None = None
    published_at: datetime | None = None
    reply: str | None = None
    observed_at: datetime
    quality: tuple[str, ...] = Field((), exclude_if=operator.not_)
