"""What is announced of the deadlines of the regulations: at risk, breached, and breached after all not."""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from schemas.shapes import PersonName, Shape

AT_RISK = "deadline.at_risk.v1"
BREACHED = "deadline.breached.v1"
CORRECTED = "deadline.corrected.v1"


class _Deadline(Shape):
    """What all have. Instants are UTC, minutes are those of working time.

    - `deadline`: its id, the same in everything that is announced of it. `key`: the code of its `subject` in `source`.
    - `rule`, `name`, `document`, `article`: the rule, in words, and where it stands.
    - `at`: when it became at risk, or was missed; not when the bus saw it. Of a correction, when it was made.
    - `elapsed_minutes`: from the start to `at`, without pauses; `allowed_minutes`: None for a rule that counts times.
    - `agency`, `officer`: who handles the subject, by what is known newest.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    deadline: str
    rule: str
    name: str
    subject: Literal["dossier", "petition", "dispute"]
    source: str
    key: str
    agency: str | None = None
    agency_name: str | None = None
    officer: PersonName = None
    started_at: datetime
    due_at: datetime | None
    at: datetime
    elapsed_minutes: int
    allowed_minutes: int | None
    document: str
    article: str
    cause: str | None = Field(None, alias="lienthong:causationid")


class DeadlineAtRisk(_Deadline):
    """Little time is left, and what is due has not happened. Announced once for each deadline."""


class DeadlineBreached(_Deadline):
    """It was missed. `ended_at`, `ended_by`: the happening that came too late; None when it has not come yet."""

    ended_at: datetime | None = None
    ended_by: str | None = None


class DeadlineCorrected(_Deadline):
    """A breach that was announced was none: what was due had happened in time, or the time was another one.

    `was_due_at` is the moment that was announced as missed; `state` is how the deadline stands now, void when what
    started it did not happen after all.
    """

    was_due_at: datetime | None
    state: Literal["running", "paused", "met", "void"]
    ended_at: datetime | None = None
    ended_by: str | None = None
