"""What happened to a dossier (hồ sơ), derived from all its versions: the same whatever the order in which they came.

A version is what `dossier.v1` or `submission.v1` has. Two kinds of sources differ:

- iGate dates each version (`updated_at`). Its versions are ordered by that date, and what only the status shows
  happened then. One that is older than what was seen before it is stale: a system showed an old state again.
- The national portal does not. Its versions are ordered by when they were seen; what only the status shows happened
  when it was first seen, unless the portal dates it (NgayTuChoi, DanhSachHoSoBoSung). What it pushed to the inbox is
  a version too.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from operator import attrgetter
from typing import Any, NamedTuple

from lienthong import parse_utc
from schemas.canonical.dossier_happened_v1 import Happening
from schemas.canonical.submission_v1 import TYPE as SUBMISSION
from transforms.moments import CLOCK_SKEW

NEW, ACCEPTED, REJECTED, PROCESSING, ASKING, PAYING, WITHDRAWN, STOPPED, FINISHED, RETURNED = range(1, 11)
"""The statuses of all systems, as the national portal numbers them (TrangThaiHoSo)."""

_DATED: Mapping[Happening, str] = {
    "submitted": "submitted_at",
    "accepted": "accepted_at",
    "completed": "completed_at",
    "returned": "returned_at",
}
"""By happening, the field that dates it."""

_DENIED_BY: Mapping[Happening, frozenset[int]] = {
    "submitted": frozenset(),
    "accepted": frozenset({NEW}),
    "completed": frozenset({NEW, ACCEPTED, PROCESSING, ASKING, PAYING}),
    "returned": frozenset({NEW, ACCEPTED, PROCESSING, ASKING, PAYING, FINISHED}),
}
"""By happening, the statuses of a newer version without its date that take it back. Without its date alone, a version
takes nothing back: it may have come in part."""


class Version(NamedTuple):
    """One version of a dossier: the id and the type of its event, and its data as JSON."""

    id: str
    type: str
    data: Mapping[str, Any]


class Fact(NamedTuple):
    """One happening, with the version that shows it.

    - `at` is when it happened; `stated` the same as the source writes it, which may lie in the future.
    - `before`, `after` are the statuses of the version before and of its own.
    """

    happening: Happening
    occurrence: int
    at: datetime
    stated: datetime
    version: str
    seen_at: datetime
    before: int | None
    after: int | None
    appointment_at: datetime | None
    previous_appointment_at: datetime | None
    source_notifies: bool

    @property
    def key(self) -> "FactKey":
        """What it is known by."""
        return self.happening, self.occurrence


FactKey = tuple[Happening, int]  # happening and occurrence
Facts = Mapping[FactKey, Fact]


def derive(versions: Iterable[Version], *, dated: bool) -> Facts:
    """Everything that happened to a dossier by these versions. `dated`: each has a date of change of its own."""
    return derive_in_order(in_order(versions, dated=dated), dated=dated)


def derive_in_order(shown: "Sequence[Shown]", *, dated: bool) -> Facts:
    """The same of versions that are in order."""
    derivation = _Derivation(dated=dated)
    for version in shown:
        derivation.read(version)
    return derivation.finish()


def in_order(versions: Iterable[Version], *, dated: bool) -> "Sequence[Shown]":
    """The versions that count, oldest first. One that came twice counts once, and a stale one does not."""
    seen = sorted(map(_read_version, {version.id: version for version in versions}.values()), key=_by_sight)
    return sorted(_without_stale(seen), key=_by_change) if dated and len(seen) > 1 else seen


def _without_stale(seen: "Sequence[Shown]") -> "Iterable[Shown]":
    """Those that are no older than every one that was seen before."""
    newest = accumulate((shown.changed_at for shown in seen), max)
    return (shown for shown, newest_then in zip(seen, newest, strict=True) if shown.changed_at >= newest_then)


class Shown(NamedTuple):
    """A version with its moments read."""

    id: str
    data: Mapping[str, Any]
    status: int | None
    changed_at: datetime
    seen_at: datetime
    moments: Mapping[str, datetime | None]


_by_change = attrgetter("changed_at", "seen_at", "id")
_by_sight = attrgetter("seen_at", "changed_at", "id")


def _read_version(version: Version) -> Shown:
    data = version.data
    if version.type == SUBMISSION:
        received_at = parse_utc(data["received_at"])
        # What lacks something is not submitted before it is in order (Quyết định 27/2020/QĐ-UBND).
        submitted_at = (_moment(data, "submitted_at") or received_at) if data["outcome"] == "acknowledged" else None
        moments: dict[str, datetime | None] = {"submitted_at": submitted_at}
        return Shown(version.id, {"channel": "online", **data}, None, received_at, received_at, moments)
    seen_at = parse_utc(data["observed_at"])
    changed_at = min(parse_utc(data["updated_at"]), seen_at)
    moments = {name: _moment(data, name) for name in MOMENTS}
    return Shown(version.id, data, data.get("status"), changed_at, seen_at, moments)


MOMENTS = (*_DATED.values(), "appointment_at", "rejected_at")
"""The fields of a dossier that date what happened."""


def _moment(data: Mapping[str, Any], name: str) -> datetime | None:
    """A moment of the data; None when it cannot be read, which must not keep the others from being read."""
    value = data.get(name)
    try:
        return parse_utc(value) if value else None
    except (ValueError, TypeError, OverflowError):
        return None


class _Derivation:
    """Reads the versions of a dossier in their order."""

    def __init__(self, *, dated: bool) -> None:
        self._is_dated = dated
        self._facts: dict[FactKey, Fact] = {}
        self._status: int | None = None
        self._channel: str | None = None
        self._appointment: datetime | None = None
        self._rounds = 0
        self._is_asking = False
        self._listed: dict[FactKey, Fact] = {}

    def read(self, shown: Shown) -> None:
        was_accepted = ("accepted", 1) in self._facts
        self._channel = shown.data.get("channel") or self._channel
        self._read_dates(shown)
        self._read_appointment(shown, was_accepted=was_accepted)
        if shown.status is not None:
            self._read_status(shown, shown.status)
        self._read_list(shown)
        self._status = shown.status or self._status

    def finish(self) -> Facts:
        """What was found. A list of requests is complete, so it stands for what the status showed of them."""
        facts = self._facts
        if self._channel != "online":
            facts.pop(("submitted", 1), None)
        if self._listed:
            facts = {key: fact for key, fact in facts.items() if key[0] not in _SUPPLEMENTS} | self._listed
        return facts

    def _read_dates(self, shown: Shown) -> None:
        for happening, field in _DATED.items():
            known = self._facts.get((happening, 1))
            stated = shown.moments.get(field)
            if stated is not None:
                if known is None or known.stated != stated:
                    self._note(shown, happening, stated)
            elif known is not None and shown.status in _DENIED_BY[happening]:
                del self._facts[happening, 1]

    def _read_appointment(self, shown: Shown, *, was_accepted: bool) -> None:
        """A re-appointment moves the appointment of a dossier that is accepted to a later moment."""
        appointment = shown.moments.get("appointment_at")
        if appointment is None or ("accepted", 1) not in self._facts:
            return
        known = self._appointment if was_accepted else None
        self._appointment = appointment
        if known is not None and appointment > known:
            number = 1 + sum(key[0] == "reappointed" for key in self._facts)
            self._note(shown, "reappointed", self._changed_at(shown), number=number, previous=known)

    def _read_status(self, shown: Shown, status: int) -> None:
        if status == ASKING and not self._is_asking:
            self._rounds += 1
            self._note(shown, "supplement_requested", self._changed_at(shown), number=self._rounds)
        elif status not in (ASKING, REJECTED, WITHDRAWN) and self._is_asking:
            self._note(shown, "supplement_received", self._changed_at(shown), number=self._rounds)
        self._is_asking = status == ASKING
        if status == REJECTED and ("rejected", 1) not in self._facts:
            self._note(shown, "rejected", shown.moments.get("rejected_at") or self._changed_at(shown))
        if status == WITHDRAWN and ("withdrawn", 1) not in self._facts:
            self._note(shown, "withdrawn", self._changed_at(shown))

    def _read_list(self, shown: Shown) -> None:
        """The requests that the portal lists, by their numbers. What it does not date is dated by the first sight."""
        for entry in shown.data.get("supplements") or ():
            number, received_at = entry["number"], _moment(entry, "received_at")
            requested_at = _moment(entry, "requested_at")
            known = self._listed.get(("supplement_requested", number))
            if known is None or (requested_at and requested_at != known.stated):
                self._list(shown, "supplement_requested", requested_at or shown.seen_at, number)
            known = self._listed.get(("supplement_received", number))
            if received_at and (known is None or received_at != known.stated):
                self._list(shown, "supplement_received", received_at, number)

    def _changed_at(self, shown: Shown) -> datetime:
        return shown.changed_at if self._is_dated else shown.seen_at

    def _list(self, shown: Shown, happening: Happening, stated: datetime, number: int) -> None:
        self._listed[happening, number] = self._fact(shown, happening, stated, number)

    def _note(
        self,
        shown: Shown,
        happening: Happening,
        stated: datetime,
        *,
        number: int = 1,
        previous: datetime | None = None,
    ) -> None:
        fact = self._fact(shown, happening, stated, number)
        self._facts[fact.key] = fact if previous is None else fact._replace(previous_appointment_at=previous)

    def _fact(self, shown: Shown, happening: Happening, stated: datetime, number: int) -> Fact:
        at = stated if stated <= shown.seen_at + CLOCK_SKEW else shown.seen_at
        what = (happening, number, at, stated, shown.id, shown.seen_at, self._status, shown.status)
        return Fact(*what, shown.moments.get("appointment_at"), None, bool(shown.data.get("source_notifies")))


_SUPPLEMENTS = ("supplement_requested", "supplement_received")
