"""The rules of deadlines: the shape of config/deadlines.yaml. They are data, with their dates of effect and source."""

from datetime import date
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from lienthong import SettingsFile, SettingsShape

Subject = Literal["dossier", "petition", "dispute"]
FACTS: dict[str, tuple[str, ...]] = {
    "dossier": (
        *("submitted", "accepted", "supplement_requested", "supplement_received", "rejected", "withdrawn"),
        *("reappointed", "completed", "returned"),
    ),
    "petition": ("received", "refused", "supplement_requested", "supplemented", "answered", "published"),
    "dispute": ("opened", "resolved"),
}
"""What happens to each kind of subject: the happenings of `dossier.happened.v1`, the moments of `petition.v1`, ..."""

FactName = Literal[
    "submitted",
    "accepted",
    "supplement_requested",
    "supplement_received",
    "rejected",
    "withdrawn",
    "reappointed",
    "completed",
    "returned",
    "received",
    "refused",
    "supplemented",
    "answered",
    "published",
    "opened",
    "resolved",
]
Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Words = Annotated[str, Field(min_length=1)]


class Before(SettingsShape):
    """So many working days before the due moment of another rule, when the office closes."""

    rule: Name
    working_days: Annotated[int, Field(ge=1, le=60)] = 1


class Pauses(SettingsShape):
    """The clock stands still from the first of these facts on, until one of the others.

    With `moves_due: false` the due moment stays where it is; but while the answer is awaited, nothing is missed.
    """

    since: tuple[FactName, ...] = Field(min_length=1)
    until: tuple[FactName, ...] = Field(min_length=1)
    moves_due: bool = True


LIMITS = ("working_hours", "working_days", "stated", "before", "times")


class Rule(SettingsShape):
    """One rule, as it is in force from `since` on, until the day `until` (which is not in it).

    - `starts`: each such fact starts a clock, unless one of `unless` happened before. `sources`: those that count.
      `where`: by detail of that fact, the values that it must have.
    - `ends`: the first such fact ends it, even one that is dated before the start.
    - `pauses`: while the clock stands still.
    - One limit: `working_hours`; `working_days` by the Civil Code; `stated`: the moment or day that the subject states,
      by its newest version; `before` another rule's due moment; `times`: it may happen so often, and each further time
      is a breach.
    - `office_closes`: limits in days end when the office closes, not at midnight.
    - `late_minutes`: what comes within so many minutes before the office closes counts as received on the next day.
    - `only_when_done`: nothing is expected; but what happens must happen in time.
    - `warn_at_share`, `warn_last_minutes`: at risk when this share of the working time is over, or when the last
      working minutes begin, the earlier.
    """

    rule: Name
    of: Subject
    name: Words
    document: Words
    article: Words
    since: date
    until: date | None = None
    sources: tuple[Words, ...] = ()
    starts: tuple[FactName, ...] = Field(min_length=1)
    unless: tuple[FactName, ...] = ()
    where: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    ends: tuple[FactName, ...] = ()
    pauses: Pauses | None = None
    working_hours: Annotated[int, Field(ge=1, le=2000)] | None = None
    working_days: Annotated[int, Field(ge=1, le=1000)] | None = None
    stated: Literal["appointment_at", "due_on"] | None = None
    before: Before | None = None
    times: Annotated[int, Field(ge=1, le=100)] | None = None
    office_closes: bool = False
    late_minutes: Annotated[int, Field(ge=0, le=480)] = 0
    only_when_done: bool = False
    warn_at_share: Annotated[float, Field(gt=0, le=1)] = 0.75
    warn_last_minutes: Annotated[int, Field(ge=0, le=2400)] = 60

    @field_validator("starts", "unless", "ends")
    @classmethod
    def _of_subject(cls, facts: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        _check_facts(facts, info)
        return facts

    @field_validator("pauses")
    @classmethod
    def _pauses_of_subject(cls, pauses: Pauses | None, info: ValidationInfo) -> Pauses | None:
        if pauses is not None:
            _check_facts((*pauses.since, *pauses.until), info)
        return pauses

    @model_validator(mode="after")
    def _sound(self) -> Self:
        given = [name for name in LIMITS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"quy tắc `{self.rule}` cần đúng một giới hạn trong {', '.join(LIMITS)}")
        if not self.ends and self.times is None:
            raise ValueError(f"quy tắc `{self.rule}` cần `ends`: việc gì kết thúc thời hạn")
        if self.until is not None and self.until <= self.since:
            raise ValueError(f"quy tắc `{self.rule}`: `until` phải sau `since`")
        return self

    def in_force(self, day: date) -> bool:
        """Whether it is in force on a local day."""
        return self.since <= day and (self.until is None or day < self.until)


def _check_facts(facts: tuple[str, ...], info: ValidationInfo) -> None:
    subject = info.data.get("of")
    for fact in facts:
        if subject is not None and fact not in FACTS[subject]:
            raise ValueError(f"{subject} không có việc `{fact}`; hãy chọn trong {', '.join(FACTS[subject])}")


class DeadlineRules(SettingsFile):
    """config/deadlines.yaml.

    - `tell_within_days`: a breach that is older when it becomes known is kept, and not announced.
    - `rules`: a rule that changes has an entry for each time; the `since` of the start counts.
    """

    tell_within_days: Annotated[int, Field(ge=1, le=3650)] = 30
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        times: dict[str, list[Rule]] = {}
        for rule in self.rules:
            times.setdefault(rule.rule, []).append(rule)
        for name, versions in times.items():
            _check_times(name, versions)
        for rule in self.rules:
            if rule.before is not None and (bases := times.get(rule.before.rule)) is None:
                raise ValueError(f"quy tắc `{rule.rule}`: không có quy tắc `{rule.before.rule}`")
            if rule.before is not None and any(base.before or base.times or base.of != rule.of for base in bases or ()):
                raise ValueError(f"quy tắc `{rule.rule}`: `{rule.before.rule}` không có hạn để tính trước đó")
        return self

    def without_pauses(self) -> Self:
        """The same rules, with due moments that no pause moves."""
        return self.model_copy(update={"rules": tuple(_fixed(rule) for rule in self.rules)})


def _fixed(rule: Rule) -> Rule:
    pauses = None if rule.pauses is None else rule.pauses.model_copy(update={"moves_due": False})
    return rule.model_copy(update={"pauses": pauses})


def _check_times(name: str, versions: list[Rule]) -> None:
    """No day with two versions of a rule in force, and all of the same subject."""
    ordered = sorted(versions, key=lambda one: one.since)
    for earlier, later in pairwise(ordered):
        if earlier.until is None or earlier.until > later.since:
            raise ValueError(f"quy tắc `{name}` từ {earlier.since} phải có `until` không sau {later.since}")
    if len({one.of for one in versions}) > 1:
        raise ValueError(f"quy tắc `{name}` phải cùng một `of`")
