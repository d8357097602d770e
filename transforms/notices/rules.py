"""The rules of notices, as `config/notices.yaml` writes them: happenings, recipients, channels, hours."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, PlainValidator, model_validator

from lienthong import SettingsFile, SettingsShape
from transforms.notices.quiet import Quiet, read_quiet

Channel = Literal["zalo", "sms", "email"]
Language = Literal["vi", "en"]
Happening = Literal[
    "submitted",
    "accepted",
    "supplement_requested",
    "supplement_received",
    "reappointed",
    "rejected",
    "withdrawn",
    "completed",
    "returned",
    "deadline.at_risk",
    "deadline.breached",
]
"""In the order in which they follow each other: it decides between two of one moment."""

_SPAN = re.compile(r"(\d{1,4})(m|h|d)")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def _span(value: Any) -> timedelta:
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None or not int(found[1]):
        raise ValueError("a time is a number and its unit, such as 30m, 2h or 3d")
    return int(found[1]) * _UNITS[found[2]]


def _quiet(value: Any) -> Quiet:
    try:
        return read_quiet(str(value))
    except ValueError:
        raise ValueError('quiet hours are two different times, such as "21:00-07:00"') from None


Span = Annotated[timedelta, PlainValidator(_span)]
QuietHours = Annotated[Quiet, PlainValidator(_quiet)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]

_DEFAULT_QUIET = read_quiet("21:00-07:00")


class ChannelRules(SettingsShape):
    """How a channel is used.

    - `quiet`: when it sends nothing; null for never.
    - `patience`: how long its gateway may be down before the next channel is taken, where there is one.
    - `tries`: how often it is tried, where the gateway answers that a later try may succeed.
    """

    quiet: QuietHours | None = _DEFAULT_QUIET
    patience: Span = timedelta(hours=2)
    tries: Annotated[int, Field(ge=1, le=50)] = 8


class Rule(SettingsShape):
    """What is announced of one kind of happening.

    - `to`: the applicant of a dossier; or the officers of the agency, by the addresses of `officers`.
    - `channels`: in the order in which they are tried. Without any, nothing is sent: it only replaces what is held.
    - `template`: a name in `config/templates/`, for all channels.
    - `corrected`, `retracted`: what is sent to those that were informed before, when it was wrong; without it, nothing.
    - `useful_for`: how long after it happened it is worth telling.
    - `filed`: only dossiers that were filed this way.
    """

    happening: Happening
    to: Literal["applicant", "officers"] = "applicant"
    channels: tuple[Channel, ...]
    template: Name
    corrected: Name | None = None
    retracted: Name | None = None
    useful_for: Span
    filed: tuple[Literal["online", "in_person", "post"], ...] = ()


class NoticeRules(SettingsFile):
    """`config/notices.yaml`.

    - `since`: nothing that happened before is announced.
    - `sources`: the systems whose happenings count; another one may show the same of a dossier at another moment.
    - `per_day`: notices to one recipient on one local day, at most; the others wait for the next day.
    - `waits`: after each answer that a later try may succeed; the last one repeats.
    - `officers`: by the code of an agency, the address of its officers; "default" for all others.
    """

    since: AwareDatetime
    language: Language = "vi"
    sources: tuple[str, ...] = ("igate",)
    per_day: Annotated[int, Field(ge=1)] = 5
    waits: Annotated[tuple[Span, ...], Field(min_length=1)] = tuple(
        timedelta(minutes=minutes) for minutes in (2, 10, 60, 180, 360, 720)
    )
    channels: Mapping[Channel, ChannelRules]
    rules: Mapping[Name, Rule]
    officers: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits(self) -> "NoticeRules":
        on: dict[tuple[str, str], str] = {}
        for name, rule in self.rules.items():
            if missing := set(rule.channels) - set(self.channels):
                raise ValueError(f"the rule {name} uses {sorted(missing)[0]}, which is not among `channels`")
            if len(set(rule.channels)) < len(rule.channels):
                raise ValueError(f"the rule {name} names a channel twice")
            for filed in rule.filed or ("",):
                if other := on.get((rule.happening, filed)):
                    raise ValueError(f"{name} and {other} are both about {rule.happening}")
                on[rule.happening, filed] = name
        return self

    def of(self, happening: str, source: str = "", filed: str | None = None) -> Rule | None:
        """The rule about a happening that a system shows; None where nothing is announced of it."""
        if source and source not in self.sources:
            return None
        fitting = (
            rule
            for rule in self.rules.values()
            if rule.happening == happening and (not rule.filed or filed in rule.filed)
        )
        return next(fitting, None)

    def quiet(self, channel: str) -> Quiet | None:
        """The quiet hours of a channel."""
        return self.channels[channel].quiet if channel in self.channels else None  # type: ignore[index]  # a known name

    def begins(self) -> datetime:
        """See `since`."""
        return self.since
