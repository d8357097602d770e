"""Messages of another ledger, and of one whose database was restored, are held; `adopt` takes over what it lacks."""

from datetime import timedelta
from pathlib import Path

import pytest

from lienthong.adapters.clock import ReplayClock
from lienthong.envelope import Bundle, EncodedData
from lienthong.ledger.records import Account
from lienthong.processing.admission import Admission
from tests.events import DAY, event
from tests.services import rabbitmq
from tests.services.bus_steps import NEVER, ROUTE, SINK, back_up, restore, small_bus
from tests.workers import Delivered


@pytest.fixture
def url() -> str:
    return rabbitmq.node().url()


@pytest.fixture
def clock() -> ReplayClock:
    return ReplayClock(DAY)


def move(clock: ReplayClock, minutes: int) -> None:
    clock.move_to(clock.now() + timedelta(minutes=minutes))


def test_a_restart_without_a_restoration_changes_nothing(url: str, tmp_path: Path, clock: ReplayClock) -> None:
    with small_bus(url, tmp_path, clock) as bus:
        bus.receive("a")
        bus.watch.keep()
        first = bus.identity
    with small_bus(url, tmp_path, clock) as bus:
        assert bus.identity == first
        bus.work(ROUTE)
        bus.work(SINK)
        assert bus.delivered == ["a"]


def test_what_a_restored_ledger_lacks_is_held_and_adopted_once(url: str, tmp_path: Path, clock: ReplayClock) -> None:
    backup = tmp_path / "backup.db"
    data = tmp_path / "data"
    with small_bus(url, data, clock) as bus:
        bus.receive("known")
        back_up(data, backup)
        move(clock, 10)
        bus.work(ROUTE)  # in the time that will be lost
        bus.work(SINK)
        bus.receive("lost")
        move(clock, 10)
        bus.watch.keep()
        before = bus.identity
    restore(backup, data)
    move(clock, 10)
    with small_bus(url, data, clock) as bus:
        assert bus.identity.id == before.id and bus.identity.incarnation != before.incarnation
        assert bus.identity.restored_at is not None
        bus.work(ROUTE)
        bus.work(SINK)
        assert bus.delivered == []
        assert bus.aside.counts() == {"unreadable": 0, "foreign": 1}
        assert bus.reconcile() == 0  # an operator decides first
        move(clock, 10)
        shown = bus.adopter().examine()
        assert (shown.messages, shown.received, shown.republished, shown.was_restored) == (1, 1, 2, True)
        assert bus.aside.counts()["foreign"] == 1
        done = bus.adopter().adopt(NEVER)
        assert (done.received, done.republished) == (1, 2)
        assert bus.aside.counts()["foreign"] == 0
        again = bus.adopter().adopt(NEVER)
        assert (again.received, again.republished, again.was_restored) == (0, 0, False)
        bus.receive("lost")  # its source shows it again, because its cursor is the restored one
        bus.work(ROUTE)
        bus.work(SINK)
        assert sorted(bus.delivered) == ["known", "lost"]
        balance = bus.ledger.balance()
        assert (balance.sources["igate"], balance.faults) == (Account(received=2, delivered=2), ())
        assert list(bus.ledger.verify()) == []
        (received,) = [entry for entry in bus.ledger.trail("lost") if entry.verdict == "received"]
        assert received.who == "an.nguyen"


def test_a_message_to_a_sink_stays_held_until_the_source_shows_its_event_again(
    url: str, tmp_path: Path, clock: ReplayClock
) -> None:
    backup, data = tmp_path / "backup.db", tmp_path / "data"
    with small_bus(url, data, clock) as bus:
        bus.receive("first")
        bus.work(ROUTE)
        bus.work(SINK)
        back_up(data, backup)
        bus.receive("lost")
        bus.work(ROUTE)
        bus.watch.keep()
    restore(backup, data)
    move(clock, 10)
    with small_bus(url, data, clock) as bus:
        bus.work(SINK)
        assert (bus.delivered, bus.aside.counts()["foreign"]) == ([], 1)
        assert bus.adopter().adopt(NEVER).later == 1
        bus.receive("lost")
        bus.work(ROUTE)
        bus.work(SINK)
        assert bus.adopter().adopt(NEVER).later == 0
        assert bus.aside.counts()["foreign"] == 0
        assert bus.delivered == ["lost"]
        assert bus.ledger.balance().sources["igate"] == Account(received=2, delivered=2)


def test_what_a_route_passed_on_in_the_lost_time_is_not_delivered_before_it_passes_it_on_again(
    url: str, tmp_path: Path, clock: ReplayClock
) -> None:
    backup, data = tmp_path / "backup.db", tmp_path / "data"
    with small_bus(url, data, clock) as bus:
        bus.receive("a")
        back_up(data, backup)
        move(clock, 10)
        bus.work(ROUTE)
        bus.watch.keep()
    restore(backup, data)
    move(clock, 10)
    with small_bus(url, data, clock) as bus:
        assert bus.adopter().adopt(NEVER).republished == 1  # before the message to the sink is found and held
        bus.work(SINK)
        assert bus.aside.counts()["foreign"] == 1
        assert bus.adopter().adopt(NEVER).republished == 0
        assert bus.aside.counts()["foreign"] == 0
        bus.work(SINK)
        assert bus.delivered == []
        bus.work(ROUTE)
        bus.work(SINK)
        assert bus.delivered == ["a"]
        assert bus.ledger.balance().faults == ()


def test_the_message_of_another_ledger_is_held_and_goes_back_to_its_owner(
    url: str, tmp_path: Path, clock: ReplayClock
) -> None:
    with small_bus(url, tmp_path / "one", clock) as one, small_bus(url, tmp_path / "two", clock) as two:
        one.receive("của một")
        two.work(ROUTE)
        assert two.ledger.balance().sources == {}
        assert two.aside.counts()["foreign"] == 1
        found = two.adopter().adopt(NEVER)
        assert (found.messages, dict(found.foreign)) == (0, {one.identity.id: 1})
        assert one.adopter().examine().messages == 1
        assert one.adopter().adopt(NEVER).republished == 1
        one.work(ROUTE)
        one.work(SINK)
        assert one.delivered == ["của một"]
        assert one.ledger.balance().sources["igate"] == Account(received=1, delivered=1)


def test_an_emptied_database_takes_over_what_an_operator_names(url: str, tmp_path: Path, clock: ReplayClock) -> None:
    with small_bus(url, tmp_path / "old", clock) as old:
        old.receive("a", "b")
    with small_bus(url, tmp_path / "new", clock) as new:
        new.work(ROUTE)
        assert new.adopter(old.identity.id).adopt(NEVER).received == 2
        new.work(ROUTE)
        new.work(SINK)
        assert new.delivered == ["a", "b"]
        assert new.ledger.balance().sources["igate"] == Account(received=2, delivered=2)
        assert list(new.ledger.verify()) == []


def test_a_database_that_is_restored_while_the_process_runs_is_noticed(
    url: str, tmp_path: Path, clock: ReplayClock
) -> None:
    with small_bus(url, tmp_path / "data", clock) as bus:
        bus.receive("a")
        bus.watch.keep()
        with bus.database.connect() as connection:
            connection.exec_driver_sql("UPDATE ledger_blocks SET hash = 'another'")
            connection.exec_driver_sql("UPDATE ledger_writers SET blocks = 0")
            connection.commit()
        bus.watch.keep()
        assert bus.ledger.identity().incarnation != bus.identity.incarnation
        assert bus.broker.origin.incarnation == bus.ledger.identity().incarnation


def test_content_that_the_id_does_not_prove_is_not_received(url: str, tmp_path: Path, clock: ReplayClock) -> None:
    with small_bus(url, tmp_path / "data", clock) as bus:
        forged = event("thật")._replace(data={"name": "giả"})
        bus.broker.set_aside(Bundle(ROUTE, (forged, event("lạ"))), "foreign", "a test")
        shown = bus.adopter().examine()
        assert (shown.received, shown.later) == (1, 1)
        done = bus.adopter().adopt(NEVER)
        assert (done.received, done.later, bus.aside.counts()["foreign"]) == (1, 1, 1)
        assert list(bus.ledger.verify()) == []


def test_a_held_message_that_cannot_be_read_is_set_aside_as_such(url: str, tmp_path: Path, clock: ReplayClock) -> None:
    with small_bus(url, tmp_path / "data", clock) as bus:
        broken = event("hỏng")._replace(data=EncodedData(b'{"x" broken}'))
        admission = Admission(ROUTE, broker=bus.broker, ledger=bus.ledger)
        assert admission.admit(Delivered(Bundle(ROUTE, (broken, event("lạ")))), NEVER) == ()
        assert bus.aside.counts() == {"unreadable": 1, "foreign": 1}
