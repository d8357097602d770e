"""What the ledger and the data store contain of a stream; read from the database directly."""

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import Engine, func, select, text

from lienthong.adapters.sql.database import open_reader
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.schema import bodies, entries
from lienthong.errors import LienthongError
from lienthong.ledger.records import FINAL_VERDICTS
from store import tables
from tests.services.stream import Stream

ROUTE, SINK = "route.igate-dossiers", "sink.data-store"


class LedgerCheck:
    """Reads the ledger and the data store from outside the bus, also while the database may be down."""

    def __init__(self, engine: Engine, ledger: SqlLedger) -> None:
        self._engine = engine
        self._ledger = ledger

    def forget_store_migrations(self) -> None:
        """Remove the record of the data store's migrations, as an earlier version left the database."""
        with self._engine.begin() as connection:
            connection.execute(text("DELETE FROM store_schema"))

    def received(self) -> int:
        """How many events were received; -1 while the database is down."""
        try:
            with open_reader(self._engine) as connection:
                return connection.scalar(select(func.count()).select_from(bodies)) or 0
        except LienthongError:
            return -1

    def nothing_in_flight(self) -> bool:
        """Whether every received event has come to its end; False while the database is down."""
        try:
            return self._ledger.in_flight() == 0
        except LienthongError:
            return False

    def summary(self) -> str:
        """How many events have which verdict at which stage, for the person who reads the test's output."""
        try:
            return self._counts()
        except LienthongError as down:
            return str(down)

    def _counts(self) -> str:
        with open_reader(self._engine) as connection:
            query = select(entries.c.stage, entries.c.verdict, func.count())
            rows = connection.execute(query.group_by(entries.c.stage, entries.c.verdict)).all()
        letters = Counter((letter.stage, letter.error, letter.reason) for letter in self._ledger.letters())
        return f"{sorted(map(tuple, rows))} {letters}"

    def assert_complete(self, stream: Stream) -> None:
        """Nothing is lost, nothing is doubled, and the balance of the ledger agrees."""
        all_versions, good = len(stream.versions), len(stream.good)
        letters = self._ledger.letters()
        dead = sorted((letter.envelope.subject, letter.stage, letter.error) for letter in letters)
        assert dead == sorted((version.code, ROUTE, "Rejected") for version in stream.versions if version.broken)
        assert self.received() == all_versions
        assert self._final_entries() == {
            ("source.igate", "received", 1): all_versions,
            (ROUTE, "done", 1): good,
            (ROUTE, "dead", 1): all_versions - good,
            (SINK, "done", 1): good,
        }
        with open_reader(self._engine) as connection:
            versions = connection.execute(select(tables.dossier_versions.c["code", "updated_at"])).all()
            newest = connection.execute(select(tables.dossiers.c["code", "updated_at"])).all()
        assert sorted(map(tuple, versions)) == sorted((version.code, version.stamp) for version in stream.good)
        assert dict(map(tuple, newest)) == stream.newest
        assert len(newest) == len(stream.newest)
        balance = self._ledger.balance()
        assert not balance.faults
        assert sum(account.difference for account in balance.sources.values()) == 0

    def _final_entries(self) -> Mapping[tuple[str, str, int], int]:
        """(stage, verdict, how often an event has such entries there) → how many events. Retries do not count."""
        with open_reader(self._engine) as connection:
            final = entries.c.verdict.in_([*FINAL_VERDICTS, "received"])
            columns = select(entries.c.stage, func.min(entries.c.verdict).label("verdict"), func.count().label("times"))
            events = columns.where(final).group_by(entries.c.event_id, entries.c.stage).subquery()
            query = select(events.c.stage, events.c.verdict, events.c.times, func.count())
            rows: Sequence[tuple[str, str, int, int]] = [
                tuple(row)
                for row in connection.execute(query.group_by(events.c.stage, events.c.verdict, events.c.times))
            ]
        return {(stage, verdict, times): number for stage, verdict, times, number in rows}
