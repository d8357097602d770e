"""Replay: a window of what was announced, delivered once more to one subscriber, beside what is delivered anew."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lienthong.errors import WrongUse
from lienthong.messages import message
from lienthong.operations.subscriptions import SubscriptionStore, require
from lienthong.subscriptions.channel import Announced, Answer, Channel, Gone, Refused, TryLater
from lienthong.subscriptions.delivery import NoteLook
from lienthong.subscriptions.model import Place, Subscription
from lienthong.subscriptions.selection import Selection

ATTEMPTS = 5
"""How often a batch is delivered, before a replay stops."""

DEFAULT_WAIT = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Window:
    """What is replayed: announced from `begin` up to `end` (UTC; None: now), of these ids if any are given."""

    begin: datetime
    end: datetime | None = None
    ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Replayed:
    """`found`: events of the window that it had before. `stopped`: why not all of them were sent."""

    found: int
    sent: int = 0
    refused: int = 0
    stopped: str = ""


def count_replay(store: SubscriptionStore, name: str, window: Window, selection: Selection) -> int:
    """How many events a replay would send: those of the window that the subscriber has confirmed before."""
    return sum(1 for _ in _events(store, require(store, name), window, selection))


def replay(
    store: SubscriptionStore,
    name: str,
    window: Window,
    selection: Selection,
    channel: Channel,
    *,
    rate: int = 0,
    note_look: NoteLook,
    stop: threading.Event,
) -> Replayed:
    """Deliver the events of the window. What waits is not among them: it is delivered anyway.

    - `rate`: events a second at most; 0 for no limit. `note_look`: records what was sent in clear.
    - It holds one batch at a time. Raises `WrongUse` for a subscription `pull`, and `NoSuchSubscription`.
    """
    one = require(store, name)
    if one.channel == "pull":
        raise WrongUse(
            message(
                "The subscription {name} is fetched: add another one with `--since` to fetch the past again.", name=name
            )
        )
    sent = refused = 0
    began = time.monotonic()
    for batch in _batches(_events(store, one, window, selection), one.batch):
        answer = _deliver(channel, batch, stop)
        if isinstance(answer, TryLater | Gone):
            return Replayed(sent + refused + len(batch), sent, refused, answer.why)
        lost = len(answer.event_ids) if isinstance(answer, Refused) else 0
        sent, refused = sent + len(batch) - lost, refused + lost
        with store.ledger.transaction() as transaction:
            store.subscriptions.note_replayed(one, len(batch) - lost, transaction)
            if selection.in_clear:
                note_look(one, len(batch) - lost, transaction)
        if rate and stop.wait(max(0.0, (sent + refused) / rate - (time.monotonic() - began))):
            break
        if stop.is_set():
            break
    return Replayed(sent + refused, sent, refused)


def _deliver(channel: Channel, batch: Sequence[Announced], stop: threading.Event) -> Answer:
    answer = channel.deliver(batch)
    for _ in range(ATTEMPTS - 1):
        if not isinstance(answer, TryLater):
            break
        wait = DEFAULT_WAIT if answer.after is None else answer.after
        if stop.wait(wait.total_seconds()):
            break
        answer = channel.deliver(batch)
    return answer


def _events(store: SubscriptionStore, one: Subscription, window: Window, selection: Selection) -> Iterator[Announced]:
    begin = max(store.announcements.place_at(window.begin), one.start)
    for announcement in store.announcements.read(begin, one.types, upto=one.place.number):
        if window.end is not None and announcement.at >= window.end:
            return
        for event in selection.select(announcement):
            if event is None or Place(event.number, event.position) >= one.place:
                continue
            if not window.ids or event.id in window.ids:
                yield event


def _batches(events: Iterator[Announced], size: int) -> Iterator[Sequence[Announced]]:
    batch: list[Announced] = []
    for event in events:
        batch.append(event)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch
