"""Which records of a page are new events, once some of them were received before."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, bindparam, select

from lienthong.adapters.sql import rows
from lienthong.adapters.sql.key_queries import format_keys, list_keys
from lienthong.adapters.sql.schema import bodies
from lienthong.data.event_ids import derive_id, digest, is_return
from lienthong.envelope import Envelope, parse_utc
from lienthong.ledger.records import VersionKey, version_key
from lienthong.ledger.versions import Comparison, find_changes, find_new

REMEMBERED_VERSIONS = 100
"""The number of a record's latest events with which the records of a page are compared."""

_NEXT = timedelta(microseconds=1)
_SAME_POLL = timedelta(seconds=5)

# An index of sources would lead to all events of a source, so the condition is written as one that no index fits.
_OF_KIND = (bodies.c.source.concat("") == bindparam("of_source")) & (bodies.c.type == bindparam("of_type"))
_LATEST_FIRST = bodies.c.number.desc()
_EARLIER = (
    select(bodies.c.event_id, bodies.c.received_at, bodies.c.number, bodies.c.body)
    .where(_OF_KIND, bodies.c.subject == bindparam("of_key"))
    .order_by(_LATEST_FIRST)
    .limit(REMEMBERED_VERSIONS)
)


class Decision(NamedTuple):
    """The new events, in the order in which they were shown, and the records that cannot be decided yet."""

    fresh: list[Envelope]
    held: list[Envelope]


def decide(
    connection: Connection, envelopes: Sequence[Envelope], known: set[str], *, before: int, hold: bool, recorded: bool
) -> Decision:
    """Decide which of the records of one source are new events. `known` are those of their ids that were received.

    - A content that its key never had is a new event under the id it came with.
    - Of a key, the same content in a row is the same event; one that returns after another one is a new event, whose
      id is also derived from that other one's. See `find_new` for a source that shows its history again.
    - A record without a key is known by its content alone.
    - `before`: the number of the last event before this poll. Events after it are what this poll has shown so far.
    - `hold`: whether more of this poll may follow. Records that depend on it are held.
    - `recorded`: whether a recording is played. See `LedgerTransaction.receive`.
    """
    doubtful = _doubtful_keys(envelopes, known)
    latest = dict(_latest_ids(connection, doubtful))
    used_ids = set(known)
    outcomes: dict[VersionKey, Iterator[Envelope | None]] = {}
    held: list[Envelope] = []
    for key, shown in doubtful.items():
        decided: Sequence[Envelope | None] = [None] * len(shown)
        if len(shown) > 1 or latest.get(key) != shown[0].id:
            earlier = _Earlier(connection, key, shown[0].source)
            found, is_open = earlier.compare(shown, before, known if recorded else None)
            if is_open and hold:
                held += shown
            else:
                decided = earlier.follow(shown, found, used_ids)
        outcomes[key] = iter(decided)
    fresh: dict[str, Envelope] = {}
    for envelope in envelopes:
        of_key = outcomes.get(version_key(envelope))
        new = next(of_key) if of_key else envelope if envelope.id not in known else None
        if new is not None:
            fresh.setdefault(new.id, new)  # of a content without a key shown twice, the first moment counts
    return Decision(list(fresh.values()), held)


def _doubtful_keys(envelopes: Sequence[Envelope], known: set[str]) -> Mapping[VersionKey, list[Envelope]]:
    """By key, the records of keys that have one which was received before, or one content twice."""
    by_key: dict[VersionKey, list[Envelope]] = {}
    doubtful: set[VersionKey] = set()
    seen: set[str] = set()
    for envelope in envelopes:
        if envelope.subject:
            key = version_key(envelope)
            by_key.setdefault(key, []).append(envelope)
            if envelope.id in known or envelope.id in seen:
                doubtful.add(key)
            seen.add(envelope.id)
    return {key: shown for key, shown in by_key.items() if key in doubtful}


def _latest_ids(connection: Connection, keys: Mapping[VersionKey, list[Envelope]]) -> Iterator[tuple[VersionKey, str]]:
    """The id of the latest event of each key."""
    dialect = connection.dialect.name
    for kind in {kind for kind, _ in keys}:
        shown = {subject: envelopes for (one, subject), envelopes in keys.items() if one == kind}
        source = next(iter(shown.values()))[0].source
        parameters = {"of_source": source, "of_type": kind, "keys": format_keys(dialect, shown)}
        for subject, event_id in connection.execute(_select_latest(dialect), parameters):
            yield (kind, subject), event_id


@cache
def _select_latest(dialect: str) -> Select[Any]:
    keys = list_keys(dialect, "keys")
    latest = select(bodies.c.event_id).where(_OF_KIND, bodies.c.subject == keys.c.value)
    return select(keys.c.value, latest.order_by(_LATEST_FIRST).limit(1).correlate(keys).scalar_subquery())


class _Earlier:
    """The latest events of one key."""

    def __init__(self, connection: Connection, key: VersionKey, source: str) -> None:
        kind, subject = key
        parameters = {"of_source": source, "of_type": kind, "of_key": subject}
        self._oldest_first = connection.execute(_EARLIER, parameters).all()[::-1]
        self._contents = [_content_id(row, source, subject) for row in self._oldest_first]

    def compare(self, shown: Sequence[Envelope], before: int, recorded: set[str] | None) -> Comparison:
        """Which of the records are new. `recorded`: in a recording, the ids that were received before."""
        contents = [envelope.id for envelope in shown]
        if recorded is not None and self._is_later_than(shown[0].received_at + _SAME_POLL):
            return Comparison([index for index, content in enumerate(contents) if content not in recorded])
        if self._oldest_first and self._oldest_first[-1].number > before:
            return find_changes(self._contents[-1], contents)
        return find_new(self._contents, contents)

    def _is_later_than(self, moment: datetime) -> bool:
        return any(parse_utc(row.received_at) > moment for row in self._oldest_first)

    def follow(self, shown: Sequence[Envelope], new: Sequence[int], used_ids: set[str]) -> list[Envelope | None]:
        """For each record the event it is, or None for one that is not new. Their ids are added to `used_ids`."""
        events: list[Envelope | None] = [None] * len(shown)
        previous = self._oldest_first[-1] if self._oldest_first else None
        after = (previous.event_id, parse_utc(previous.received_at)) if previous else None
        for index in new:
            envelope = shown[index]
            if after is not None:
                envelope = _after(envelope, *after, is_known=envelope.id in used_ids)
            elif envelope.id in used_ids:  # under another type: one content of one key is one event
                continue
            used_ids.add(envelope.id)
            after = (envelope.id, envelope.received_at)
            events[index] = envelope
        return events


def _after(envelope: Envelope, previous: str, received_at: datetime, *, is_known: bool) -> Envelope:
    """The event that a record is after the event `previous`. It is received later, so that their order can be seen."""
    event_id, moment = envelope.id, envelope.received_at
    if is_known:
        event_id = derive_id(envelope.source, envelope.subject, digest(envelope.data_json()), after=previous)
    if moment <= received_at < moment + _SAME_POLL:
        moment = received_at + _NEXT
    return envelope._replace(id=event_id, time=moment, received_at=moment)


def _content_id(row: Row[*tuple[Any, ...]], source: str, subject: str) -> str:
    """The id of the content of an event: the one it had when it was shown for the first time."""
    if not is_return(row.event_id):
        return str(row.event_id)
    return derive_id(source, subject, digest(rows.stored_json(row.body)))
