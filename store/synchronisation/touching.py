"""Noting which dossiers may have a version too few: written with the versions, read by the next look."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from lienthong import Clock
from store.happenings import Stored
from store.instants import parse_optional
from store.synchronisation.tables import touched
from transforms.synchronisation import Synchronisation

_ONLINE = (None, "online")


class Touches:
    """Notes the dossiers of the configured pairs that went, or may have gone, through a portal."""

    def __init__(self, rules: Synchronisation, clock: Clock) -> None:
        self._local = {pair.local for pair in rules.pairs}
        self._portal = {pair.portal for pair in rules.pairs}
        self._within = timedelta(days=rules.tell_within_days)
        self._clock = clock

    def since(self) -> datetime:
        """What is older would not be announced."""
        return self._clock.now() - self._within

    def may_miss(self, source: str, data: Mapping[str, Any], since: datetime) -> bool:
        """Whether a look has to judge a dossier. What is older than would be announced is passed over."""
        if source in self._portal and data.get("filed_on") == "portal":
            return not _is_before(data, since)
        through = data.get("channel") in _ONLINE or data.get("other_code") is not None
        return through and source in self._local and not _is_before(data, since)

    def note(self, connection: Connection, stored: Iterable[Stored]) -> None:
        """Note the versions that a look has to judge."""
        rows = [_row(one) for one in stored]
        if rows:
            insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(touched)
            connection.execute(insert.on_conflict_do_nothing(), sorted(rows, key=lambda row: row["event_id"]))


def _is_before(data: Mapping[str, Any], since: datetime) -> bool:
    moments = [at for name in ("submitted_at", "accepted_at") if (at := parse_optional(data.get(name)))]
    return bool(moments) and max(moments) < since


def _row(one: Stored) -> dict[str, str]:
    return {"event_id": one.envelope.id, "source": one.envelope.source, "code": one.key}
