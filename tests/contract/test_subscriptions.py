"""The tables of subscriptions over every database: place and counts change together, and hold under kills."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.announcements import SqlAnnouncements
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.subscriptions import SqlSubscriptions
from lienthong.maintenance.announcement_removal import AnnouncementRemoval
from lienthong.operations.subscription_standing import look_at_subscriptions
from lienthong.subscriptions.channel import Announced, Answer, Refused
from lienthong.subscriptions.model import Counts, Subscription
from tests.announcing import Receiver, announce, make_delivery, subscribe


@pytest.fixture
def subscriptions(database: Engine) -> SqlSubscriptions:
    return SqlSubscriptions(database)


def _found(subscriptions: SqlSubscriptions) -> Subscription:
    found = subscriptions.find("clinic")
    assert found is not None
    return found


def test_what_was_announced_is_delivered_in_batches_and_counted(
    ledger: SqlLedger, database: Engine, clock: ReplayClock, subscriptions: SqlSubscriptions
) -> None:
    announce(ledger, "A-1", "A-2", "A-3")
    announce(ledger, "A-4")
    subscribe(ledger, subscriptions, batch=2)
    delivery = make_delivery(ledger, database, clock, receiver := Receiver())
    assert [delivery.turn() for _ in range(3)] == ["delivered", "delivered", "idle"]
    assert receiver.batches == [["A-1", "A-2"], ["A-3", "A-4"]]
    announce(ledger, "A-5")
    assert delivery.turn() == "delivered"
    assert receiver.batches[2:] == [["A-5"]]
    assert _found(subscriptions).counts == Counts(delivered=5)
    assert _found(subscriptions).delivered_at == clock.now()


class Killed(BaseException):
    """The process ends."""


class Dying(Receiver):
    """A channel whose process ends after a delivery, before it is recorded."""

    def deliver(self, batch: Sequence[Announced]) -> Answer:
        super().deliver(batch)
        raise Killed


def test_a_batch_whose_process_ended_comes_again_and_counts_once(
    ledger: SqlLedger, database: Engine, clock: ReplayClock, subscriptions: SqlSubscriptions
) -> None:
    announce(ledger, "A-1", "A-2", "A-3")
    subscribe(ledger, subscriptions, batch=2)
    first = Dying()
    with pytest.raises(Killed):
        make_delivery(ledger, database, clock, first).turn()
    second = Receiver()
    delivery = make_delivery(ledger, database, clock, second)
    while delivery.turn() == "delivered":
        pass
    assert first.batches == [["A-1", "A-2"]]
    assert second.batches == [["A-1", "A-2"], ["A-3"]]
    assert _found(subscriptions).counts == Counts(delivered=3)


def test_refused_events_are_dead_and_the_others_delivered(
    ledger: SqlLedger, database: Engine, clock: ReplayClock, subscriptions: SqlSubscriptions
) -> None:
    events = announce(ledger, "A-1", "A-2", "A-3")
    subscribe(ledger, subscriptions)
    receiver = Receiver(Refused(frozenset({events[1].id}), "sai dữ liệu"))
    delivery = make_delivery(ledger, database, clock, receiver)
    assert [delivery.turn(), delivery.turn()] == ["delivered", "idle"]
    assert _found(subscriptions).counts == Counts(delivered=2, dead=1)


def test_what_is_too_old_is_removed_unless_a_subscription_waits_for_it(
    ledger: SqlLedger, database: Engine, clock: ReplayClock, subscriptions: SqlSubscriptions
) -> None:
    kept = SqlAnnouncements(database)
    removal = AnnouncementRemoval(kept, ledger=ledger, clock=clock, keep=timedelta(days=90))
    announce(ledger, "A-1", "A-2", "A-3")
    announce(ledger, "A-4")
    subscribe(ledger, subscriptions, batch=2, keep=timedelta(days=120))
    make_delivery(ledger, database, clock, Receiver()).turn()
    clock.move_to(clock.now() + timedelta(days=100))
    announce(ledger, "A-5")
    assert removal.run() == 0
    clock.move_to(clock.now() + timedelta(days=30))
    assert removal.run() == 2
    (standing,) = look_at_subscriptions(subscriptions, kept)
    assert standing.subscription.counts == Counts(delivered=2, dropped=2, removed=4)
    assert (standing.announced, standing.waiting.events, standing.difference) == (5, 1, 0)
    delivery = make_delivery(ledger, database, clock, receiver := Receiver())
    assert delivery.turn() == "delivered"
    assert receiver.names == ["A-5"]
    clock.move_to(clock.now() + timedelta(days=91))
    assert removal.run() == 1
    (standing,) = look_at_subscriptions(subscriptions, kept)
    assert (standing.announced, standing.subscription.counts.delivered, standing.difference) == (5, 3, 0)
