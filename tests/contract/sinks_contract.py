"""What every sink promises, as functions of a bench; a new sink adds a bench to test_sinks.py.

Every sink keeps `EVERY_SINK`. A sink that writes through the ledger's transaction also keeps `TRANSACTIONAL`; another
one keeps `INDEPENDENT`. One that may refuse an event (`Bench.poison`) keeps `REFUSING`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from lienthong.envelope import Bundle, Envelope
from lienthong.errors import Transient
from lienthong.outcome import Dead, Done, Outcome
from lienthong.ports import Sink, Transaction


@dataclass(frozen=True)
class OpenTransaction:
    """A transaction as the port shows it: its connection has begun."""

    connection: Connection


class UntouchableTransaction:
    """The ledger's transaction for a sink that must leave it alone: it would cost a writer's turn."""

    @property
    def connection(self) -> Connection:
        raise AssertionError("the sink began the ledger's transaction")


@dataclass(frozen=True)
class Bench:
    """A sink under test.

    - `observe`: what has arrived behind the sink.
    - `events`: events it accepts, all different.
    - `poison`: an event it refuses, and a text of the reason.
    - `set_down`: takes away what the sink writes to, or gives it back.
    - `restart`: a new sink of the same parameters, as after a restart of the process.
    """

    sink: Sink
    engine: Engine
    observe: Callable[[], Any]
    events: Sequence[Envelope]
    poison: tuple[Envelope, str] | None = None
    set_down: Callable[[bool], None] | None = None
    restart: Callable[[], Sink] | None = None
    transactional: bool = True

    def deliver(self, events: Sequence[Envelope], sink: Sink | None = None) -> Sequence[Outcome]:
        if not self.transactional:
            return (sink or self.sink).deliver(events, UntouchableTransaction())
        with committed(self.engine) as transaction:
            return (sink or self.sink).deliver(events, transaction)


@contextmanager
def committed(engine: Engine) -> Iterator[Transaction]:
    with engine.begin() as connection:
        yield OpenTransaction(connection)


def done(outcomes: Sequence[Outcome]) -> list[Envelope]:
    return [outcome.envelope for outcome in outcomes if isinstance(outcome, Done)]


def gives_one_outcome_each_in_order(bench: Bench) -> None:
    outcomes = bench.deliver(bench.events)
    assert done(outcomes) == list(bench.events)
    assert len(outcomes) == len(bench.events)


def what_was_not_decoded_yet_is_delivered_as_what_was(bench: Bench) -> None:
    empty = bench.observe()
    decoded = Bundle("sink.a", tuple(bench.events))
    encoded = Bundle.from_wire("sink.a", decoded.body(), decoded.headers())
    assert done(bench.deliver(encoded.envelopes)) == list(bench.events)
    arrived = bench.observe()
    assert arrived != empty
    again = Bundle.from_wire("sink.a", encoded.body(), encoded.headers())
    bench.deliver(again.envelopes)
    assert bench.observe() == arrived


def a_redelivery_keeps_one(bench: Bench) -> None:
    empty = bench.observe()
    bench.deliver(bench.events)
    once = bench.observe()
    assert once != empty
    assert len(done(bench.deliver(bench.events))) == len(bench.events)
    bench.deliver([event for event in bench.events for _ in range(2)])
    assert bench.observe() == once


def a_redelivery_in_other_bundles_keeps_one(bench: Bench) -> None:
    for event in bench.events:
        bench.deliver([event])
    once = bench.observe()
    bench.deliver(list(reversed(bench.events)))
    bench.deliver([*bench.events[1:], bench.events[0]])
    assert bench.observe() == once


def a_redelivery_after_a_restart_keeps_one(bench: Bench) -> None:
    if bench.restart is None:
        pytest.skip("it keeps nothing in memory")
    bench.deliver(bench.events[:2])
    sink = bench.restart()
    bench.deliver(bench.events, sink)
    once = bench.observe()
    bench.deliver(bench.events)
    bench.deliver(bench.events, bench.restart())
    assert bench.observe() == once


def nothing_to_deliver_is_fine(bench: Bench) -> None:
    before = bench.observe()
    assert list(bench.deliver([])) == []
    assert bench.observe() == before


def a_rolled_back_transaction_leaves_nothing(bench: Bench) -> None:
    empty = bench.observe()
    with bench.engine.connect() as connection:
        connection.begin()
        bench.sink.deliver(bench.events, OpenTransaction(connection))
        connection.rollback()
    assert bench.observe() == empty
    bench.deliver(bench.events)
    assert bench.observe() != empty


def what_it_writes_to_being_down_is_transient_and_nothing_is_lost(bench: Bench) -> None:
    """It may also make every event wait; what it may not do is to call one delivered or dead."""
    assert bench.set_down is not None
    empty = bench.observe()
    bench.set_down(True)
    with pytest.raises(Transient) as raised:
        bench.deliver(bench.events)
    assert raised.value.why
    assert not raised.value.why.isascii(), "operators read Vietnamese"
    bench.set_down(False)
    assert bench.observe() == empty
    assert done(bench.deliver(bench.events)) == list(bench.events)


def only_the_refused_event_dies(bench: Bench) -> None:
    """It is dead with a reason in Vietnamese; its neighbours are delivered, wherever it stands."""
    assert bench.poison is not None
    poison, reason = bench.poison
    for place in range(3):
        events = [bench.events[0], bench.events[-1]]
        events.insert(place, poison)
        outcomes = bench.deliver(events)
        assert done(outcomes) == [bench.events[0], bench.events[-1]]
        dead = outcomes[place]
        assert isinstance(dead, Dead)
        assert reason in dead.why and not dead.why.isascii()
    arrived = bench.observe()
    bench.deliver([bench.events[0], bench.events[-1]])
    assert bench.observe() == arrived


EVERY_SINK = (
    gives_one_outcome_each_in_order,
    what_was_not_decoded_yet_is_delivered_as_what_was,
    a_redelivery_keeps_one,
    a_redelivery_in_other_bundles_keeps_one,
    a_redelivery_after_a_restart_keeps_one,
    nothing_to_deliver_is_fine,
)
TRANSACTIONAL = (a_rolled_back_transaction_leaves_nothing,)
"""Rows and ledger entry live or die together."""

INDEPENDENT = (what_it_writes_to_being_down_is_transient_and_nothing_is_lost,)
"""The ledger's transaction is never touched (`Bench.deliver` sees to it), and an outage loses and doubles nothing."""

REFUSING = (only_the_refused_event_dies,)
