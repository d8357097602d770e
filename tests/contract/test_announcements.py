"""What is announced is kept, and read in an order that no later commit changes, over every database."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text, update
from sqlalchemy.exc import DBAPIError

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.announcement_tables import announcements as table
from lienthong.adapters.sql.announcements import SqlAnnouncements
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.subscriptions.model import Place
from lienthong.subscriptions.ports import Backlog
from lienthong.topology import announcement_bundles
from tests.announcing import STAGE, announce
from tests.events import entry, event

TYPES = ("test.event",)


@pytest.fixture
def kept(database: Engine) -> SqlAnnouncements:
    return SqlAnnouncements(database)


def _subjects(kept: SqlAnnouncements, place: Place = Place()) -> list[bytes]:  # noqa: B008 - it is frozen
    bodies = [one.body for one in kept.read(place, TYPES, upto=kept.settled())]
    return [line.split(b'"subject":"')[1].split(b'"')[0] for body in bodies for line in body.split(b"\n")[1:-1]]


def test_what_is_announced_is_read_in_its_order(ledger: SqlLedger, kept: SqlAnnouncements, clock: ReplayClock) -> None:
    announce(ledger, "A-1", "A-2")
    clock.move_to(clock.now() + timedelta(hours=1))
    announce(ledger, "A-3")
    assert kept.settled() == 2
    assert _subjects(kept) == [b"A-1", b"A-2", b"A-3"]
    assert kept.types() == {"test.event": 3}
    assert kept.place_at(clock.now()) == Place(2)
    assert kept.place_at(clock.now() + timedelta(hours=1)) == Place(3)
    assert kept.first() == Place(1)


def test_the_backlog_counts_what_comes_after_a_place(
    ledger: SqlLedger, kept: SqlAnnouncements, clock: ReplayClock
) -> None:
    announce(ledger, "A-1", "A-2")
    announce(ledger, "A-3")
    assert kept.backlog(Place(1, 1), TYPES, upto=2) == Backlog(2, clock.now())
    assert kept.backlog(Place(1, 2), TYPES, upto=2) == Backlog(1, clock.now())
    assert kept.backlog(Place(3), TYPES, upto=2) == Backlog()
    assert kept.backlog(Place(1), ("other.event",), upto=2) == Backlog()


def test_what_is_rolled_back_was_not_announced(ledger: SqlLedger, kept: SqlAnnouncements) -> None:
    with pytest.raises(RuntimeError), ledger.transaction() as transaction:
        transaction.announce(STAGE, announcement_bundles([event("A-1")]))
        raise RuntimeError
    announce(ledger, "A-2")
    assert _subjects(kept) == [b"A-2"]


def test_an_announcement_that_commits_late_is_not_passed(database: Engine, kept: SqlAnnouncements) -> None:
    if database.dialect.name == "sqlite":
        pytest.skip("one transaction writes at a time")
    slow, quick = SqlLedger(database, ReplayClock(event("A").time)), SqlLedger(database, ReplayClock(event("A").time))
    announce(quick, "A-0")
    assert kept.settled() == 1
    with slow.transaction() as late:
        late.announce(STAGE, announcement_bundles([event("A-1")]))
        announce(quick, "A-2")
        assert kept.settled() == 1
        assert SqlAnnouncements(database).settled(timedelta(milliseconds=20)) == 0
        assert _subjects(kept) == [b"A-0"]
    assert kept.settled() == 3
    assert _subjects(kept) == [b"A-0", b"A-1", b"A-2"]


def test_an_open_transaction_that_is_the_newest_is_waited_for(database: Engine, kept: SqlAnnouncements) -> None:
    """The snapshot's xmax is the id of this very transaction, since none after it has ended."""
    if database.dialect.name == "sqlite":
        pytest.skip("one transaction writes at a time")
    with SqlLedger(database, ReplayClock(event("A").time)).transaction() as late:
        late.announce(STAGE, announcement_bundles([event("A-1")]))
        assert kept.settled() == 0
    assert kept.settled() == 1


def test_a_busy_database_does_not_hold_up_what_is_settled(database: Engine, kept: SqlAnnouncements) -> None:
    if database.dialect.name == "sqlite":
        pytest.skip("one transaction writes at a time")
    announce(SqlLedger(database, ReplayClock(event("A").time)), "A-0")
    with database.connect() as first, database.connect() as second:
        first.execute(text("SELECT pg_current_xact_id()"))
        assert kept.settled() == 0
        second.execute(text("SELECT pg_current_xact_id()"))
        first.commit()
        assert kept.settled() == 1


def test_numbers_go_on_after_everything_was_removed(
    ledger: SqlLedger, kept: SqlAnnouncements, database: Engine
) -> None:
    announce(ledger, "A-1")
    with database.begin() as connection:
        connection.execute(table.delete())
    assert kept.first() == Place(2)
    announce(ledger, "A-2")
    assert _subjects(kept, Place(2)) == [b"A-2"]


def test_large_bundles_are_divided(ledger: SqlLedger, kept: SqlAnnouncements) -> None:
    with ledger.transaction() as transaction:
        large = [event(f"A-{number}", text="x" * 1_500_000) for number in range(4)]
        transaction.record([entry(one, STAGE, "done") for one in large])
        transaction.announce(STAGE, announcement_bundles(large))
    assert [one.events for one in kept.read(Place(), TYPES, upto=kept.settled())] == [2, 2]
    assert _subjects(kept) == [b"A-0", b"A-1", b"A-2", b"A-3"]


def test_a_changed_announcement_is_found(ledger: SqlLedger, database: Engine) -> None:
    announce(ledger, "A-1")
    assert list(ledger.verify()) == []
    change = update(table).values(events=2)
    if database.dialect.name == "postgresql":
        with pytest.raises(DBAPIError, match="never changed"), database.begin() as connection:
            connection.execute(change)
        with database.begin() as connection:
            connection.execute(text("ALTER TABLE ledger_announcements DISABLE TRIGGER never_changed"))
    with database.begin() as connection:
        connection.execute(change)
    (fault,) = ledger.verify()
    assert "1" in fault
