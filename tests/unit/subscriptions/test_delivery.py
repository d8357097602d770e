"""Delivery for a subscription: nothing is lost, nothing is counted twice, and failures are waited for."""

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.announcements import SqlAnnouncements
from lienthong.adapters.sql.clients import SqlClients
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.subscriptions import SqlSubscriptions
from lienthong.configuration.condition_check import compile_condition
from lienthong.operations.subscription_replay import ATTEMPTS, Replayed, Window, count_replay, replay
from lienthong.operations.subscription_standing import look_at_subscriptions
from lienthong.operations.subscriptions import SubscriptionStore
from lienthong.settings import Settings
from lienthong.subscriptions.channel import Announced, Answer, Delivered, Doubling, Gone, Refused, TryLater
from lienthong.subscriptions.delivery import Delivery
from lienthong.subscriptions.model import Counts, Place, Subscription
from lienthong.subscriptions.selection import Selection
from tests.announcing import Receiver, announce, make_delivery, subscribe
from tests.databases import open_embedded
from tests.events import DAY


@pytest.fixture
def clock() -> ReplayClock:
    return ReplayClock(DAY)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    engine = open_embedded(tmp_path)
    yield engine
    engine.dispose()


@pytest.fixture
def ledger(database: Engine, clock: ReplayClock) -> SqlLedger:
    return SqlLedger(database, clock)


@pytest.fixture
def subscriptions(database: Engine) -> SqlSubscriptions:
    return SqlSubscriptions(database)


def _found(subscriptions: SqlSubscriptions) -> Subscription:
    found = subscriptions.find("clinic")
    assert found is not None
    return found


def test_events_that_the_condition_does_not_hold_for_are_counted_as_filtered(
    ledger: SqlLedger, database: Engine, clock: ReplayClock, subscriptions: SqlSubscriptions
) -> None:
    announce(ledger, "A-1", fee=5)
    announce(ledger, "A-2")  # the condition cannot be decided for it
    announce(ledger, "A-3", fee=7)
    subscribe(ledger, subscriptions)
    selection = Selection(compile_condition("data.fee > 6"), in_clear=True)
    delivery = make_delivery(ledger, database, clock, receiver := Receiver(), selection=selection)
    assert delivery.turn() == "delivered"
    assert receiver.batches == [["A-3"]]
    announce(ledger, "A-4", fee=1)
    assert delivery.turn() == "idle"
    assert _found(subscriptions).counts == Counts(delivered=1, filtered=3)
    assert _found(subscriptions).place == Place(5)


class Overtaken(Receiver):
    """A channel during whose delivery another process delivers the same batch, and records it."""

    def __init__(self, other: Delivery) -> None:
        super().__init__()
        self._other = other

    def deliver(self, batch: Sequence[Announced]) -> Answer:
        super().deliver(batch)
        self._other.turn()
        return Delivered()


def test_two_processes_that_deliver_the_same_batch_count_it_once(
    ledger: SqlLedger, database: Engine, clock: ReplayClock, subscriptions: SqlSubscriptions
) -> None:
    announce(ledger, "A-1", "A-2")
    subscribe(ledger, subscriptions)
    other = make_delivery(ledger, database, clock, Receiver())
    delivery = make_delivery(ledger, database, clock, Overtaken(other))
    assert delivery.turn() == "delivered"
    assert delivery.turn() == "idle"
    assert _found(subscriptions).counts == Counts(delivered=2)


def test_a_failed_batch_is_delivered_again_later_and_is_the_same(
    ledger: SqlLedger, database: Engine, clock: ReplayClock, subscriptions: SqlSubscriptions
) -> None:
    announce(ledger, "A-1")
    subscribe(ledger, subscriptions)
    receiver = Receiver(TryLater(None, "hỏng"), TryLater(timedelta(hours=1), "bận"))
    delivery = make_delivery(ledger, database, clock, receiver)
    assert [delivery.turn(), delivery.turn()] == ["waiting", "waiting"]
    found = _found(subscriptions)
    assert (found.state, found.trouble.failures, found.trouble.why) == ("failing", 1, "hỏng")
    announce(ledger, "A-2")
    clock.move_to(clock.now() + timedelta(seconds=1))
    assert delivery.turn() == "waiting"
    clock.move_to(clock.now() + timedelta(minutes=59))
    assert delivery.turn() == "waiting"
    clock.move_to(clock.now() + timedelta(minutes=1))
    assert delivery.turn() == "delivered"
    assert receiver.batches == [["A-1"], ["A-1"], ["A-1"]]
    found = _found(subscriptions)
    assert (found.state, found.trouble.failures, found.trouble.since) == ("active", 0, None)


class Impatient(Doubling):
    """Gives up after the second attempt."""

    def wait(self, failures: int, failing_since: datetime, now: datetime, asked: timedelta | None) -> timedelta | None:
        return None if failures > 1 else timedelta()


def test_after_the_last_attempt_it_is_paused_and_goes_on_when_it_is_resumed(
    ledger: SqlLedger, database: Engine, clock: ReplayClock, subscriptions: SqlSubscriptions
) -> None:
    announce(ledger, "A-1")
    subscribe(ledger, subscriptions)
    receiver = Receiver(TryLater(None, "hỏng"), TryLater(None, "hỏng"))
    receiver.patience = Impatient()
    delivery = make_delivery(ledger, database, clock, receiver)
    assert [delivery.turn() for _ in range(3)] == ["waiting", "off", "off"]
    assert _found(subscriptions).state == "paused"
    with ledger.transaction() as transaction:
        subscriptions.change_state("clinic", "active", "", transaction)
    assert delivery.turn() == "delivered"
    assert receiver.batches == [["A-1"]] * 3


def test_a_receiver_that_is_gone_ends_its_subscription(
    ledger: SqlLedger, database: Engine, clock: ReplayClock, subscriptions: SqlSubscriptions
) -> None:
    announce(ledger, "A-1")
    subscribe(ledger, subscriptions)
    delivery = make_delivery(ledger, database, clock, receiver := Receiver(Gone("410")))
    assert [delivery.turn(), delivery.turn()] == ["off", "off"]
    found = _found(subscriptions)
    assert (found.state, found.counts, found.trouble.why) == ("ended", Counts(), "410")
    assert receiver.closed


def test_an_act_of_an_operator_during_a_delivery_stays(
    ledger: SqlLedger, database: Engine, clock: ReplayClock, subscriptions: SqlSubscriptions
) -> None:
    announce(ledger, "A-1")
    before = subscribe(ledger, subscriptions)

    class Pausing(Receiver):
        def deliver(self, batch: Sequence[Announced]) -> Answer:
            super().deliver(batch)
            with ledger.transaction() as transaction:
                subscriptions.change_state(before.name, "paused", "", transaction)
            return Delivered()

    delivery = make_delivery(ledger, database, clock, Pausing())
    assert [delivery.turn(), delivery.turn()] == ["delivered", "off"]
    assert (_found(subscriptions).state, _found(subscriptions).counts.delivered) == ("paused", 1)


def _store(ledger: SqlLedger, database: Engine, clock: ReplayClock) -> SubscriptionStore:
    subscriptions, kept, clients = SqlSubscriptions(database), SqlAnnouncements(database), SqlClients(database)
    return SubscriptionStore(subscriptions, kept, clients, ledger, clock, Settings(), has_queues=False)


def test_a_replay_sends_what_was_confirmed_once_more_and_nothing_that_waits(
    ledger: SqlLedger, database: Engine, clock: ReplayClock, subscriptions: SqlSubscriptions
) -> None:
    announce(ledger, "A-0")
    clock.move_to(clock.now() + timedelta(hours=1))
    begin = clock.now()
    (first, second) = announce(ledger, "A-1", "A-2")
    announce(ledger, "A-3")
    subscribe(ledger, subscriptions, batch=2)
    delivery = make_delivery(ledger, database, clock, Receiver())
    assert [delivery.turn(), delivery.turn()] == ["delivered", "delivered"]
    announce(ledger, "A-4")
    store, selection = _store(ledger, database, clock), Selection(in_clear=True)
    assert count_replay(store, "clinic", Window(begin), selection) == 3
    assert count_replay(store, "clinic", Window(begin, ids=frozenset({second.id})), selection) == 1
    receiver = Receiver(TryLater(timedelta(), "bận"), Refused(frozenset({first.id}), "sai"))
    given: dict[str, Any] = {"note_look": lambda *_: None, "stop": threading.Event()}
    assert replay(store, "clinic", Window(begin), selection, receiver, **given) == Replayed(3, 2, 1)
    assert receiver.batches == [["A-1", "A-2"], ["A-1", "A-2"], ["A-3"]]
    (standing,) = look_at_subscriptions(subscriptions, store.announcements)
    assert standing.subscription.counts == Counts(delivered=4, replayed=2)
    assert (standing.waiting.events, standing.difference) == (1, 0)


def test_a_replay_to_a_receiver_that_fails_stops_and_states_why(
    ledger: SqlLedger, database: Engine, clock: ReplayClock, subscriptions: SqlSubscriptions
) -> None:
    announce(ledger, "A-1")
    subscribe(ledger, subscriptions)
    make_delivery(ledger, database, clock, Receiver()).turn()
    failing = Receiver(*[TryLater(timedelta(), "hỏng")] * ATTEMPTS)
    given: dict[str, Any] = {"note_look": lambda *_: None, "stop": threading.Event()}
    store = _store(ledger, database, clock)
    found = replay(store, "clinic", Window(DAY), Selection(in_clear=True), failing, **given)
    assert found == Replayed(1, stopped="hỏng")
