"""Facts: what events tell of dossiers and deadlines, in the form in which notices are made of them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args

from lienthong import Envelope, Rejected, parse_utc
from transforms.notices.rules import Happening

HAPPENED, AT_RISK, BREACHED = "dossier.happened.v1", "deadline.at_risk.v1", "deadline.breached.v1"

_ORDER: Mapping[str, int] = {name: number for number, name in enumerate(get_args(Happening))}
_NAMESPACE = uuid.UUID("8f6b3c52-6d1b-5f0e-9a51-3c1f0a4f7a11")
_DEADLINES = {AT_RISK: "deadline.at_risk", BREACHED: "deadline.breached"}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened, once.

    - `key` names it, whichever system shows it. `subject` is the dossier or deadline: its newest state replaces older.
    - `filed`: how the dossier was filed.
    - `change`: new, or a correction or retraction of what was announced before. `seen_at` orders these.
    - `data` is that of the event; templates take their values from it.
    """

    key: str
    subject: str
    happening: str
    at: datetime
    seen_at: datetime
    source: str = ""
    change: str = "new"
    filed: str | None = None
    agency: str | None = None
    phone: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    source_notifies: bool = False
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def order(self) -> tuple[datetime, int]:
        """Facts of one subject in the order in which they happened."""
        return self.at, _ORDER[self.happening]


def fact_of(envelope: Envelope) -> Fact:
    """The fact of an event. Raises `Rejected` naming the field, for an event that tells none."""
    data = envelope.data_dict()
    if envelope.type == HAPPENED:
        return _happened(data)
    if envelope.type in _DEADLINES:
        return _deadline(_DEADLINES[envelope.type], data)
    raise Rejected(f"thông báo không nhận loại sự kiện {envelope.type!r}", field="type")


def notice_id(fact: str, recipient: str) -> str:
    """The id of the notice of a fact to a recipient: the same, however often the fact is announced."""
    return str(uuid.uuid5(_NAMESPACE, f"{fact}\n{recipient}"))


def _happened(data: Mapping[str, Any]) -> Fact:
    dossier, happening = _text(data, "dossier"), _text(data, "happening")
    if happening not in _ORDER:
        raise Rejected("không rõ việc gì đã xảy ra với hồ sơ", field="happening")
    at = _moment(data, "at")
    return Fact(
        key=f"dossier/{dossier}/{happening}/{data.get('occurrence') or 1}",
        subject=f"dossier/{dossier}",
        happening=happening,
        at=at,
        seen_at=_moment(data, "seen_at") if data.get("seen_at") else at,
        source=str(data.get("source") or ""),
        change=str(data.get("change") or "new"),
        filed=data.get("channel"),
        agency=data.get("agency"),
        phone=data.get("phone"),
        email=data.get("email"),
        source_notifies=bool(data.get("source_notifies")),
        data=data,
    )


def _deadline(happening: str, data: Mapping[str, Any]) -> Fact:
    deadline, at = _text(data, "deadline"), _moment(data, "at")
    return Fact(
        key=f"deadline/{deadline}/{happening}",
        subject=f"deadline/{deadline}",
        happening=happening,
        at=at,
        seen_at=at,
        agency=data.get("agency"),
        data=data,
    )


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise Rejected("sự kiện thiếu trường mà thông báo cần", field=name)
    return value


def _moment(data: Mapping[str, Any], name: str) -> datetime:
    try:
        return parse_utc(_text(data, name))
    except (ValueError, OverflowError):
        raise Rejected("không đọc được thời điểm", field=name) from None
