"""Figures of subscriptions as families of Prometheus; see `families` for their names."""

from collections.abc import Iterator
from typing import Any

from lienthong.http.families import counter, gauge
from lienthong.operations.figures import Figures

MOST = 50
"""Subscriptions that have figures of their own, by name."""

_FATES = ("delivered", "filtered", "dead", "dropped")


def subscription_families(figures: Figures) -> Iterator[Any]:
    """What was sent to each subscription, what waits, and since when deliveries fail."""
    found = {one.subscription.name: one for one in figures.subscriptions[:MOST]}
    waiting = {(name,): float(one.waiting.events) for name, one in found.items()}
    yield gauge("subscription_waiting_events", "Events that wait for a subscriber.", waiting, ("subscription",))
    oldest = {(name,): one.waiting.oldest.timestamp() for name, one in found.items() if one.waiting.oldest}
    text = "When the oldest event that waits for a subscriber was announced."
    yield gauge("subscription_oldest_timestamp_seconds", text, oldest, ("subscription",))
    failing = {
        (name,): one.subscription.trouble.since.timestamp()
        for name, one in found.items()
        if one.subscription.trouble.since
    }
    text = "Since when deliveries to a subscriber fail."
    yield gauge("subscription_failing_timestamp_seconds", text, failing, ("subscription",))
    fates = {
        (name, fate): float(getattr(one.subscription.counts, fate))
        for name, one in found.items()
        for fate in _FATES
        if getattr(one.subscription.counts, fate)
    }
    text = "Events announced to a subscriber, by what became of them."
    yield counter("subscription_events", text, fates, ("subscription", "fate"))
