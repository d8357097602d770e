"""The happenings of dossiers: noted with the versions that show them, and handed back as events, each once.

Both are written in the transaction of the versions. Deliveries of one dossier at the same time wait for each other at
its row of `store_dossiers`, so each sees all versions before it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection

from lienthong import Envelope, Record, Site
from schemas.canonical import dossier_happened_v1, dossier_v1, submission_v1
from store.happening_rows import NONE_KNOWN, Found, find, forget, write
from transforms.happening_changes import Noted, compare, event_data, event_key, is_before, is_plainly_before, settle
from transforms.happenings import Version, derive, derive_in_order, in_order

TYPES = frozenset({dossier_v1.TYPE, submission_v1.TYPE})
"""The types of events that show what happened."""


class Stored(NamedTuple):
    """An event that was just stored, and its place in the bundle.

    - `key`: the code of the dossier, or the transaction of the payment.
    - `kept`: its data; None when it is old news. That is decoded again in the rare case that it is looked at: all
      decoded data of a bundle would be megabytes.
    - `may_miss`: whether another system may have a version too few of it.
    """

    place: int
    envelope: Envelope
    key: str
    kept: Mapping[str, Any] | None
    may_miss: bool = False

    @property
    def data(self) -> Mapping[str, Any]:
        """The data of the event."""
        return self.envelope.data_dict() if self.kept is None else self.kept


class Happenings:
    """Finds what is new of the dossiers of a bundle.

    - `portal`: the source of the national portal's dossiers. Its versions have no date of change, and what the portal
      pushes to the inbox is about them too.
    - `tell_within`: what happened longer ago is not announced.
    """

    def __init__(self, site: Site, *, portal: str, tell_within: timedelta) -> None:
        self._clock = site.clock
        self._portal = portal
        self._tell_within = tell_within

    def since(self) -> datetime:
        """What happened before is no news."""
        return self._clock.now() - self._tell_within

    def is_news(self, envelope: Envelope, data: Mapping[str, Any], since: str) -> bool:
        """Whether a version may show something new. `since`: see `since`, as text."""
        return envelope.source == self._portal or not is_plainly_before(data, since)

    def follow(
        self, connection: Connection, stored: Iterable[Stored], since: datetime
    ) -> Mapping[int, Sequence[Record]]:
        """Note what the versions show, and return what is to be handed back, by the place of the event."""
        by_source: dict[str, dict[str, list[Stored]]] = {}
        for one in stored:
            by_source.setdefault(self._source_of(one), {}).setdefault(one.key, []).append(one)
        handed_back: dict[int, list[Record]] = defaultdict(list)
        for source, dossiers in by_source.items():
            of_portal = source == self._portal
            first_new = {code: new[0].envelope.id for code, new in dossiers.items()}
            found = find(connection, source, first_new, with_submissions=of_portal)
            looks = [
                _Look(source, code, new, found.get(code), is_dated=not of_portal)
                for code, new in dossiers.items()
                if code in found or any(one.kept is not None for one in new)
            ]
            noted = [(look, one) for look in looks for one in look.changes(since)]
            written = write(connection, source, [(look.code, one) for look, one in noted]) if noted else ()
            for look, change in noted:
                if change.change is not None and (not change.is_first or (look.code, *change.fact.key) in written):
                    handed_back[look.cause(change)].append(look.record(change))
        return handed_back

    def dossiers_of(self, stored: Iterable[Stored]) -> set[tuple[str, str]]:
        """Source and code of the dossiers that versions are about."""
        return {(self._source_of(one), one.key) for one in stored}

    def _source_of(self, one: Stored) -> str:
        return self._portal if one.envelope.type == submission_v1.TYPE else one.envelope.source

    def settle(self, connection: Connection, dossiers: Iterable[tuple[str, str]]) -> None:
        """Note what the versions of dossiers show now, as nothing that is announced. `dossiers`: source and code.

        Years of history, of which nothing was noted because nothing of it is news, stay so.
        """
        by_source: dict[str, dict[str, str]] = {}
        for source, code in dossiers:
            by_source.setdefault(source, {})[code] = NONE_KNOWN
        for source, codes in by_source.items():
            of_portal = source == self._portal
            noted: list[tuple[str, Noted]] = []
            for code, found in find(connection, source, codes, with_submissions=of_portal).items():
                versions = in_order(found.versions(), dated=not of_portal)
                if versions:
                    facts = derive_in_order(versions, dated=not of_portal)
                    noted += [(code, one) for one in settle(facts, found.facts, versions[-1], since=self.since())]
                elif found.facts:
                    forget(connection, source, code)
            write(connection, source, noted)


class _Look:
    """One dossier with all its versions: those that were just stored, and those that the store had."""

    def __init__(self, source: str, code: str, new: Sequence[Stored], found: Found | None, *, is_dated: bool) -> None:
        self.code = code
        self._source = source
        self._is_dated = is_dated
        self._new = new
        self._known = found.facts if found else {}
        versions = [Version(one.envelope.id, one.envelope.type, one.data) for one in new]
        ids = {version.id for version in versions}
        self._before = [version for version in (found.versions() if found else ()) if version.id not in ids]
        self._shown = in_order([*self._before, *versions], dated=is_dated)

    def changes(self, since: datetime) -> Sequence[Noted]:
        if not self._known and all(is_before(shown, since, dated=self._is_dated) for shown in self._shown):
            return ()  # years of history, of which nothing is news
        facts = derive_in_order(self._shown, dated=self._is_dated)
        return compare(facts, self._known, self._shown[-1], before=self._facts_before, since=since)

    def _facts_before(self) -> Mapping[Any, Any]:
        return derive(self._before, dated=self._is_dated) if self._before else {}

    def cause(self, noted: Noted) -> int:
        """The place of the event that is the cause: the version that shows it, else the last one that came."""
        return next((one.place for one in self._new if one.envelope.id == noted.fact.version), self._new[-1].place)

    def record(self, noted: Noted) -> Record:
        of = {"source": self._source, "code": self.code}
        return Record(dossier_happened_v1.TYPE, event_key(noted, **of), event_data(noted, self._shown[-1], **of))
