"""What the ledger and the data store contain of a stream, read from the database."""

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import Engine, func, select, text

from lienthong.adapters.sql.database import reading
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.schema import bodies, entries
from lienthong.errors import LienthongError
from lienthong.ledger.records import FINAL_VERDICTS
from store import tables
from tests.chaos.stream import Stream

ROUTE, SINK = "route.igate-dossiers", "sink.data-store"


class Storage:
    """Reads the ledger and the store of a bus. While the database is away, nothing is received or at rest."""

    def __init__(self, engine: Engine, ledger: SqlLedger) -> None:
        self._engine = engine
        self._ledger = ledger

    def forget_steps(self) -> None:
        """Let the database record no applied migration of the data store, as an earlier version left it."""
        with self._engine.begin() as connection:
            connection.execute(text("DELETE FROM store_schema"))

    def received(self) -> int:
        try:
            with reading(self._engine) as connection:
                return connection.scalar(select(func.count()).select_from(bodies)) or 0
        except LienthongError:
            return -1

    def at_rest(self) -> bool:
        """Whether nothing that was received is still in flight."""
        try:
            return self._ledger.in_flight() == 0
        except LienthongError:
            return False

    def state(self) -> str:
        """How many events have which verdict at which stage, for people."""
        try:
            return self._count()
        except LienthongError as down:
            return str(down)

    def _count(self) -> str:
        with reading(self._engine) as connection:
            query = select(entries.c.stage, entries.c.verdict, func.count())
            rows = connection.execute(query.group_by(entries.c.stage, entries.c.verdict)).all()
        letters = Counter((letter.stage, letter.error, letter.reason) for letter in self._ledger.letters())
        return f"{sorted(map(tuple, rows))} {letters}"

    def prove(self, stream: Stream) -> None:
        """Nothing is lost, nothing is doubled, and the balance states the same."""
        wanted, good = len(stream.versions), len(stream.good)
        letters = self._ledger.letters()
        dead = sorted((letter.envelope.subject, letter.stage, letter.error) for letter in letters)
        assert dead == sorted((version.code, ROUTE, "Rejected") for version in stream.versions if version.broken)
        assert self.received() == wanted
        ends = self._ends()
        assert ends == {
            ("source.igate", "received", 1): wanted,
            (ROUTE, "done", 1): good,
            (ROUTE, "dead", 1): wanted - good,
            (SINK, "done", 1): good,
        }
        with reading(self._engine) as connection:
            versions = connection.execute(select(tables.dossier_versions.c["code", "updated_at"])).all()
            newest = connection.execute(select(tables.dossiers.c["code", "updated_at"])).all()
        assert sorted(map(tuple, versions)) == sorted((version.code, version.stamp) for version in stream.good)
        assert dict(map(tuple, newest)) == stream.newest
        assert len(newest) == len(stream.newest)
        balance = self._ledger.balance()
        assert not balance.faults
        assert sum(account.difference for account in balance.sources.values()) == 0

    def _ends(self) -> Mapping[tuple[str, str, int], int]:
        """(stage, verdict, how often one event has it there) → how many events. Attempts in between do not count."""
        with reading(self._engine) as connection:
            last = entries.c.verdict.in_([*FINAL_VERDICTS, "received"])
            each = select(entries.c.stage, func.min(entries.c.verdict).label("verdict"), func.count().label("times"))
            one = each.where(last).group_by(entries.c.event_id, entries.c.stage).subquery()
            query = select(one.c.stage, one.c.verdict, one.c.times, func.count())
            rows: Sequence[tuple[str, str, int, int]] = [
                tuple(row) for row in connection.execute(query.group_by(one.c.stage, one.c.verdict, one.c.times))
            ]
        return {(stage, verdict, times): number for stage, verdict, times, number in rows}
