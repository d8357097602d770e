"""What the ledger and the data store contain of a stream; read from the database directly."""

from collections import Counter
from collections.abc import Sequence, Set

from sqlalchemy import Engine, func, select, text

from lienthong.adapters.sql.database import open_reader
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.predicates import is_return
from lienthong.adapters.sql.schema import bodies, entries
from lienthong.adapters.sql.sums import read_sums
from lienthong.data import event_ids
from lienthong.errors import LienthongError
from lienthong.ledger.records import DeadLetter
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
        """How many versions were received, each once; -1 while the database is down."""
        try:
            with open_reader(self._engine) as connection:
                first = select(func.count()).select_from(bodies).where(~is_return(bodies.c.event_id))
                return connection.scalar(first) or 0
        except LienthongError:
            return -1

    def nothing_in_flight(self) -> bool:
        """Whether every received event has come to one end; False while the database is down.

        An event with two ends is corrected within two minutes.
        """
        try:
            return self._ledger.in_flight() == 0 and self._with_two_ends() == 0
        except LienthongError:
            return False

    def _with_two_ends(self) -> int:
        with open_reader(self._engine) as connection:
            amounts = read_sums(connection).amounts
        return sum(amount for key, amount in amounts.items() if key.kind == "state" and key.name == "ended_twice")

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

    def numbers_to_replay(self) -> Sequence[int]:
        """The parked letters that no broken version caused."""
        return [letter.number for letter in self._ledger.letters() if not _is_broken(letter)]

    def assert_complete(self, stream: Stream) -> None:
        """Nothing is lost, nothing is doubled, and the balance of the ledger agrees.

        A version that was seen again after another one is an event of its own; so each event is looked at by itself,
        and the versions are compared with those of the stream.
        """
        letters = self._ledger.letters()
        assert [letter for letter in letters if not _is_broken(letter)] == []
        dead = sorted(letter.envelope.subject for letter in letters if not letter.envelope.is_return)
        assert dead == sorted(version.code for version in stream.versions if version.broken)
        assert self.received() == len(stream.versions)
        broken = {letter.envelope.id for letter in letters}
        received = self._events()
        assert self._last_entries() == {
            *((event, "source.igate", "received", 1) for event in received),
            *((event, ROUTE, "dead" if event in broken else "done", 1) for event in received),
            *((event, SINK, "done", 1) for event in received - broken),
        }
        self._assert_stored(stream, received - broken)
        balance = self._ledger.balance()
        assert not balance.faults
        assert sum(account.difference for account in balance.sources.values()) == 0

    def _assert_stored(self, stream: Stream, good: Set[str]) -> None:
        """The data store has each version of the stream once, and those that were seen again; the newest counts."""
        with open_reader(self._engine) as connection:
            query = select(tables.dossier_versions.c["event_id", "code", "updated_at"])
            versions = {event: (code, stamp) for event, code, stamp in connection.execute(query)}
            newest = connection.execute(select(tables.dossiers.c["code", "updated_at"])).all()
        assert versions.keys() == good
        first = sorted(version for event, version in versions.items() if not event_ids.is_return(event))
        assert first == sorted((version.code, version.stamp) for version in stream.good)
        assert set(versions.values()) == set(first)
        assert dict(map(tuple, newest)) == stream.newest
        assert len(newest) == len(stream.newest)

    def _events(self) -> Set[str]:
        with open_reader(self._engine) as connection:
            return set(connection.scalars(select(bodies.c.event_id)))

    def _last_entries(self) -> Set[tuple[str, str, str, int]]:
        """(event, stage, last verdict there, how often the event was done there).

        An event may wait, die and be replayed before its last entry. What is received or dead counts as done once.
        """
        with open_reader(self._engine) as connection:
            rows = connection.execute(
                select(entries.c["event_id", "stage", "verdict"]).order_by(
                    entries.c.event_id, entries.c.stage, entries.c.turn
                )
            ).all()
        last = {(event, stage): verdict for event, stage, verdict in rows}
        done = Counter((event, stage) for event, stage, verdict in rows if verdict == "done")
        return {(*place, verdict, max(done[place], 1)) for place, verdict in last.items()}


def _is_broken(letter: DeadLetter) -> bool:
    """Whether a broken version of the stream caused the letter: one that has no procedure."""
    return letter.error == "Rejected" and letter.stage == ROUTE and not letter.envelope.data_dict().get("procedure")
