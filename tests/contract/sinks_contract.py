"""What every sink promises, as functions a sink's own test calls."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine

from lienthong.envelope import Bundle, Envelope
from lienthong.outcome import Dead, Done, Outcome
from lienthong.ports import Sink


@dataclass(frozen=True)
class OpenTransaction:
    """A transaction as the port shows it: its connection has begun."""

    connection: Connection


@dataclass(frozen=True)
class Bench:
    """A sink under test: `observe` tells what has arrived behind it, `events` are some it takes, all different."""

    sink: Sink
    engine: Engine
    observe: Callable[[], Any]
    events: Sequence[Envelope]

    def deliver(self, events: Sequence[Envelope]) -> Sequence[Outcome]:
        with committed(self.engine) as transaction:
            return self.sink.deliver(events, transaction)


@contextmanager
def committed(engine: Engine) -> Iterator[OpenTransaction]:
    with engine.begin() as connection:
        yield OpenTransaction(connection)


def gives_one_outcome_each_in_order(bench: Bench) -> None:
    outcomes = bench.deliver(bench.events)
    assert [outcome.envelope for outcome in outcomes if isinstance(outcome, Done)] == list(bench.events)
    assert len(outcomes) == len(bench.events)


def what_was_not_read_yet_is_delivered_as_what_was(bench: Bench) -> None:
    empty = bench.observe()
    read = Bundle("sink.a", tuple(bench.events))
    unread = Bundle.from_wire("sink.a", read.body(), read.headers())
    outcomes = bench.deliver(unread.envelopes)
    assert [outcome.envelope for outcome in outcomes if isinstance(outcome, Done)] == list(bench.events)
    arrived = bench.observe()
    assert arrived != empty
    again = Bundle.from_wire("sink.a", unread.body(), unread.headers())
    bench.deliver(again.envelopes)
    assert bench.observe() == arrived


def told_twice_keeps_one(bench: Bench) -> None:
    empty = bench.observe()
    bench.deliver(bench.events)
    once = bench.observe()
    assert once != empty
    assert all(isinstance(outcome, Done) for outcome in bench.deliver(bench.events))
    bench.deliver([event for event in bench.events for _ in range(2)])
    assert bench.observe() == once


def only_the_stranger_dies(bench: Bench) -> None:
    """An event of a type the sink does not know is dead with a reason in Vietnamese; its neighbours are delivered."""
    stranger = bench.events[0]._replace(id="stranger", type="stranger.v9")
    before, after = bench.events[0], bench.events[-1]
    first, dead, last = bench.deliver([before, stranger, after])
    assert isinstance(first, Done) and isinstance(last, Done)
    assert isinstance(dead, Dead)
    assert "stranger.v9" in dead.why and "không" in dead.why
    arrived = bench.observe()
    bench.deliver([before, after])
    assert bench.observe() == arrived


def a_rolled_back_transaction_leaves_nothing(bench: Bench) -> None:
    empty = bench.observe()
    with bench.engine.connect() as connection:
        connection.begin()
        bench.sink.deliver(bench.events, OpenTransaction(connection))
        connection.rollback()
    assert bench.observe() == empty
    bench.deliver(bench.events)
    assert bench.observe() != empty


def nothing_to_deliver_is_fine(bench: Bench) -> None:
    before = bench.observe()
    assert list(bench.deliver([])) == []
    assert bench.observe() == before
