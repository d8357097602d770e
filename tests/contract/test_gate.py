"""The contract of intake and ledger about sources that others wait for: read once to the end, and handled."""

import threading
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.errors import Transient
from lienthong.intake.poller import Poller
from lienthong.ledger.records import Verdict
from lienthong.ports import Cursor, Page, Record
from tests.events import entry

NEVER = threading.Event()
REGISTER, PEOPLE = "register", "people"


class Register:
    """A source with two pages; `ends` is how its poll ends."""

    ends = "well"

    def poll(self, cursor: Cursor) -> Iterable[Page]:
        yield Page([Record("test.event", "a", {"n": 1})], {"page": 1}, more=self.ends == "early")
        if self.ends == "down":
            raise Transient("down")
        if self.ends == "well":
            yield Page([Record("test.event", "b", {"n": 2})], {"page": 2})


class Bus:
    def __init__(self, ledger: SqlLedger, broker: KombuBroker, clock: ReplayClock) -> None:
        self.ledger = ledger
        self.register = Register()
        self.ports: Any = {"broker": broker, "ledger": ledger, "clock": clock}

    def poll_register(self, stop: threading.Event = NEVER) -> None:
        Poller(REGISTER, self.register, ("route.a",), **self.ports).poll(stop)

    def poll_people(self) -> tuple[str, ...]:
        """Poll the source that waits, as a process that has just begun does. Returns what it waits for."""
        poll = Poller(PEOPLE, Register(), ("route.a",), **self.ports, after=[REGISTER]).poll(NEVER)
        assert (poll.shown > 0) is not bool(poll.awaited)
        return tuple(poll.awaited)

    def finish(self, verdict: Verdict = "done") -> None:
        """Give every open event of the register a verdict."""
        with self.ledger.transaction() as transaction:
            transaction.record([entry(item.raw, item.stage, verdict) for item in self.ledger.open_items()])


@pytest.fixture
def bus(ledger: SqlLedger, clock: ReplayClock, request: pytest.FixtureRequest) -> Iterator[Bus]:
    broker = KombuBroker("memory://", clock, name=request.node.name)
    broker.declare(["route.a"], ())
    yield Bus(ledger, broker, clock)
    broker.close()


def test_a_source_waits_until_another_is_read_and_handled(bus: Bus) -> None:
    assert bus.poll_people() == (REGISTER,)
    bus.poll_register()
    assert bus.poll_people() == (REGISTER,)
    bus.finish()
    assert bus.poll_people() == ()


def test_once_open_it_stays_open_whatever_comes_later(bus: Bus) -> None:
    bus.poll_register()
    bus.finish()
    assert bus.poll_people() == ()
    bus.register.ends = "down"
    with pytest.raises(Transient):
        bus.poll_register()
    assert bus.poll_people() == ()


@pytest.mark.parametrize("ends", ["down", "early"])
def test_a_poll_that_does_not_reach_the_end_opens_nothing(ends: str, bus: Bus) -> None:
    bus.register.ends = ends
    if ends == "down":
        with pytest.raises(Transient):
            bus.poll_register()
    else:
        bus.poll_register()
    bus.finish()
    assert bus.poll_people() == (REGISTER,)
    bus.register.ends = "well"
    bus.poll_register()
    bus.finish()
    assert bus.poll_people() == ()


def test_a_poll_that_is_stopped_opens_nothing(bus: Bus) -> None:
    stop = threading.Event()
    stop.set()
    bus.poll_register(stop)
    bus.finish()
    assert bus.poll_people() == (REGISTER,)


def test_an_event_that_waits_for_another_attempt_holds_nothing_up(bus: Bus) -> None:
    bus.poll_register()
    bus.finish("later")
    assert bus.poll_people() == ()


def test_a_register_without_records_is_read_too(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Register, "poll", lambda *_: iter(()))
    bus.poll_register()
    assert bus.ledger.reading(REGISTER) == "read"


def test_a_source_that_is_held_back_looks_again_soon(bus: Bus) -> None:
    waits: list[float] = []

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout or 0)
            self.set()
            return True

    Poller(PEOPLE, Register(), ("route.a",), **bus.ports, after=[REGISTER]).run(timedelta(hours=1), Stop())
    assert waits == [1.0]
