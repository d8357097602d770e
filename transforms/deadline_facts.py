"""Facts that clocks run by: what events report of a dossier, a petition or a dispute, in any order of arrival. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from lienthong import LOCAL_ZONE, Envelope, Rejected

DETAILS = (
    *("agency", "agency_name", "procedure", "channel", "officer", "field"),
    *("appointment_at", "previous_appointment_at", "due_on"),
)
"""What a fact keeps of its event beside its moment. It names no citizen."""

_RANKS = {"new": 0, "corrected": 1, "retracted": 2}
_PETITION = {
    "received": "received_at",
    "refused": "refused_at",
    "supplement_requested": "supplement_requested_at",
    "supplemented": "supplemented_at",
    "answered": "answered_at",
    "published": "published_at",
}


class Subject(NamedTuple):
    """What deadlines are about: its kind, the system that reports it (`source`), and its code (`key`)."""

    kind: str
    source: str
    key: str


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened, at `at` (UTC), by what is known newest; `at` None: it did not happen after all.

    - `number` counts facts of one name, from 1. `order` sorts what was reported of the same fact: the greatest counts.
    - `details`: see `DETAILS`.
    """

    name: str
    number: int
    at: datetime | None
    order: str
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What makes it the same fact."""
        return f"{self.name}/{self.number}"


Facts = Mapping[str, Fact]
"""The facts of one subject by their keys."""


def facts_of(envelope: Envelope) -> tuple[Subject, tuple[Fact, ...]]:
    """What an event reports: the subject and its facts. Raises `Rejected` for an event that reports none."""
    data = envelope.data_dict()
    reader = _READERS.get(envelope.type)
    if reader is None:
        raise Rejected(f"không tính thời hạn theo loại sự kiện {envelope.type!r}", field="type")
    try:
        return reader(envelope, data)
    except KeyError as missing:
        raise Rejected("sự kiện thiếu trường cần để tính thời hạn", field=str(missing.args[0])) from None
    except (ValueError, TypeError) as error:
        raise Rejected(f"sự kiện có giá trị không đọc được: {error}") from None


def with_facts(envelope: Envelope) -> Envelope:
    """The event itself, once it is clear that it reports facts. Raises `Rejected` as `facts_of` does."""
    facts_of(envelope)
    return envelope


def merge(known: Facts, reported: Iterable[Fact]) -> dict[str, Fact]:
    """The facts with what was reported, the newest of each. It does not depend on the order, nor on repetition."""
    merged = dict(known)
    for fact in reported:
        before = merged.get(fact.key)
        if before is None or fact.order > before.order:
            merged[fact.key] = fact
    return merged


def happened(facts: Facts) -> list[Fact]:
    """The facts that did happen, in the order of their moments."""
    return sorted((fact for fact in facts.values() if fact.at is not None), key=_moment)


def moment_of(fact: Fact) -> datetime:
    """The moment of a fact that did happen."""
    if fact.at is None:
        raise ValueError(f"{fact.key} did not happen")
    return fact.at


def end_of_day(day: date) -> datetime:
    """24:00 of a local day, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), LOCAL_ZONE).astimezone(UTC)


def _moment(fact: Fact) -> tuple[datetime, str]:
    return moment_of(fact), fact.key


def _of_dossier(envelope: Envelope, data: Mapping[str, Any]) -> tuple[Subject, tuple[Fact, ...]]:
    change = data.get("change", "new")
    order = f"{_text(envelope.received_at)} {_RANKS[change]} {_text(_parse(data['seen_at']))} {envelope.id}"
    at = None if change == "retracted" else _parse(data["at"])
    fact = Fact(data["happening"], int(data.get("occurrence", 1)), at, order, _details(data))
    return Subject("dossier", data["source"], data["dossier"]), (fact,)


def _of_petition(envelope: Envelope, data: Mapping[str, Any]) -> tuple[Subject, tuple[Fact, ...]]:
    order = f"{_text(_parse(data['observed_at']))} {envelope.id}"
    details = _details(data)
    facts = tuple(
        Fact(name, 1, None if data.get(key) is None else _parse(data[key]), order, details)
        for name, key in _PETITION.items()
    )
    return Subject("petition", envelope.source, data["code"]), facts


def _of_dispute(envelope: Envelope, data: Mapping[str, Any]) -> tuple[Subject, tuple[Fact, ...]]:
    name, key = ("opened", "opened_at") if "opened_at" in data else ("resolved", "resolved_at")
    order = f"{_text(envelope.received_at)} {envelope.id}"
    subject = Subject("dispute", envelope.source, data["dispute_id"])
    return subject, (Fact(name, 1, _parse(data[key]), order, _details(data)),)


def _details(data: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(data[key]) for key in DETAILS if data.get(key) is not None}


def _parse(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("an instant without an offset")
    return moment.astimezone(UTC)


def _text(moment: datetime) -> str:
    """One fixed width, so that text order is time order."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


_READERS = {
    "dossier.happened.v1": _of_dossier,
    "petition.v1": _of_petition,
    "document-dispute-opened.v1": _of_dispute,
    "document-dispute-resolved.v1": _of_dispute,
}
