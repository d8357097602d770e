"""A subscription on a connection that is lost while its queues are being declared."""

from types import SimpleNamespace
from typing import Any

import pytest

from lienthong.adapters.rabbitmq.subscription import Subscription


class FakeConnection:
    """A connection that opens channels only while it is open, as pika's does."""

    def __init__(self, *, is_open: bool) -> None:
        self.is_open = is_open
        self.channels = 0

    def channel(self, on_open_callback: Any) -> Any:
        assert self.is_open, "a channel needs an open connection"
        self.channels += 1
        return SimpleNamespace(add_on_close_callback=lambda _: None)


@pytest.fixture
def subscription() -> Subscription:
    reconnecting: Any = SimpleNamespace(call=lambda _: False)
    return Subscription("lt1.route.a", prefetch=1, connection=reconnecting, on_missing=lambda: None)


def test_no_channel_is_opened_on_a_lost_connection_and_one_on_the_next(subscription: Subscription) -> None:
    lost, after = FakeConnection(is_open=False), FakeConnection(is_open=True)
    subscription.open(lost)
    for _ in range(2):
        subscription.open(after)
    assert (lost.channels, after.channels) == (0, 1)
