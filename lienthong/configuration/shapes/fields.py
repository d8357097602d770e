"""The types of the keys of configuration files."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator
from pydantic_core import PydanticCustomError

from lienthong.configuration import duration
from lienthong.messages import message
from lienthong.settings import LONGEST_WAIT

NamedThing = Literal[
    "source",
    "source or route",
    "inbox",
    "request",
    "schedule",
    "calendar",
    "sink",
    "lookup",
    "table",
    "source class",
    "inbox class",
    "sink class",
    "lookup class",
    "report class",
    "transform",
    "enrichment",
    "keys function",
    "render function",
    "kept-by function",
    "archive function",
    "schema class",
    "settings class",
    "settings file",
    "migrations",
]


@dataclass(frozen=True, slots=True)
class NameOf:
    """Marks a text as the name of something in the project, so that editors can list the names there are."""

    thing: NamedThing


@dataclass(frozen=True, slots=True)
class ConditionText:
    """Marks a text as a condition in CEL."""


@dataclass(frozen=True, slots=True)
class Rung:
    """Marks a duration as one of the ladder of config/bus.yaml."""


@dataclass(frozen=True, slots=True)
class ShortForm:
    """Marks a mapping that may also be written as the value of its key `key` alone."""

    key: str


@dataclass(frozen=True, slots=True)
class PatternText:
    """Marks a value that files write as text of a pattern, which a validator reads."""

    pattern: str


@dataclass(frozen=True, slots=True)
class RefusingValidator:
    """Marks that a validator before pydantic's own only refuses values: files write what the annotation names."""


SHORT_WAIT_PATTERN = r"0*([1-9][0-9]{0,3}|[1-5][0-9]{4}|60000)ms|0*([1-9]|[1-5][0-9]|60)s|0*1m"
"""More than 0s and at most `LONGEST_WAIT`."""


def _parse_duration(value: object) -> timedelta:
    try:
        return duration.parse(value)
    except ValueError:
        raise PydanticCustomError("duration", "not a duration") from None


def _not_zero(pause: timedelta) -> timedelta:
    if not pause:
        raise PydanticCustomError("pause", "no pause")
    return pause


def _short(wait: timedelta) -> timedelta:
    if not timedelta() < wait <= LONGEST_WAIT:
        advice = message("write more than 0s and at most {longest}", longest=duration.show(LONGEST_WAIT))
        raise PydanticCustomError("refused", "refused", {"advice": advice})
    return wait


def _no_truth_value(value: object) -> object:
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", "a truth value is not a number")
    return value


@dataclass(frozen=True, slots=True)
class DurationText:
    """Marks a `timedelta` that files write as text. `may_be_zero`: whether it may be no time at all."""

    may_be_zero: bool = True


Duration = Annotated[timedelta, PlainValidator(_parse_duration), DurationText()]
Pause = Annotated[
    timedelta, PlainValidator(_parse_duration), AfterValidator(_not_zero), DurationText(may_be_zero=False)
]
ShortWait = Annotated[
    timedelta,
    PlainValidator(_parse_duration),
    AfterValidator(_short),
    DurationText(may_be_zero=False),
    PatternText(SHORT_WAIT_PATTERN),
]
Count = Annotated[int, BeforeValidator(_no_truth_value), RefusingValidator()]
Text = Annotated[str, Field(min_length=1)]
Parameters = dict[str, Any]


class FileShape(BaseModel):
    """A mapping that accepts no key it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)
