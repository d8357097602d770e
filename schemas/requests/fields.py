"""Fields that several questions have: moments, days and codes, each with what it refuses in its JSON Schema."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError, PydanticKnownError

from lienthong import Text

_MOMENT = r"^(19|20|21)\d{2}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$"
_DAY = r"^(19|20|21)\d{2}-\d{2}-\d{2}$"
"""The years are those of real questions: the first and the last ones of a calendar have no day before or after."""


def both(english: str, vietnamese: str) -> str:
    """The description of a field or a shape in both languages, as the HTTP document shows it."""
    return f"{english}\n\n{vietnamese}"


def _written(pattern: str, form: str) -> Callable[[Any], Any]:
    """A validator that takes text of one form alone: pydantic by itself also reads a number as a moment."""
    whole = re.compile(pattern, re.ASCII)

    def check(value: Any) -> Any:
        if not (whole.match(value) if isinstance(value, str) else isinstance(value, date)):
            raise PydanticCustomError("form", "write it such as {form}", {"form": form})
        return value

    return check


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def at_most(characters: int) -> BeforeValidator:
    """For a `Text` with a `max_length`: the length is that of what was written, as the JSON Schema states it.

    pydantic by itself checks the length of what `Text` makes of it, which has no invisible characters.
    """

    def check(value: Any) -> Any:
        if isinstance(value, str) and len(value) > characters:
            raise PydanticKnownError("string_too_long", {"max_length": characters})
        return value

    return BeforeValidator(check)


Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_written(_MOMENT, "2024-03-15T09:30:00+07:00")),
    AfterValidator(_in_utc),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": _MOMENT}),
]
"""A moment with its offset from UTC, which is kept in UTC. Without one it could be local time or UTC, 7 hours apart."""

Day = Annotated[
    date,
    BeforeValidator(_written(_DAY, "2024-03-15")),
    WithJsonSchema({"type": "string", "format": "date", "pattern": _DAY}),
]
"""A day of the calendar in Vietnam."""

Code = Annotated[Text, Field(max_length=100), at_most(100)]
"""A code of a procedure, an agency, a dossier, a paper."""

Name = Annotated[Text, Field(max_length=500), at_most(500)]
"""The name of a thing."""
