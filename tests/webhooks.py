"""What tests of webhooks share: a subscription, events for it, and a receiver on the loopback interface."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from lienthong.connectors.protocols.http import Http
from lienthong.connectors.protocols.http_transport import Transport
from lienthong.connectors.webhooks.channel import WebhookChannel
from lienthong.ports import Clock
from lienthong.subscriptions.channel import Announced
from lienthong.subscriptions.model import Subscription
from tests.fake_systems import FakeClock
from tests.unit.lienthong_connectors.loopback import Arrived, Response, serving

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ORIGIN = "bus.example.gov.vn"
GRANTED = {"handshake": {"state": "granted", "at": "2026-11-29T00:00:00+00:00"}}
SHORT = timedelta(seconds=0.3)

_transport = Transport()
"""Shared, because each one reads the certificates of the system."""


def webhook(url: str, **given: Any) -> Subscription:
    """A subscription that has consented, and whose receiver may stand on this machine."""
    given["settings"] = {"allow_private": True, **GRANTED, **given.pop("settings", {})}
    usual: dict[str, Any] = {
        "name": "hospital",
        "owner": "it@hospital.example",
        "client": "",
        "types": ("dossier.v1",),
        "channel": "webhook",
        "created_at": datetime(2026, 11, 1, tzinfo=UTC),
        "keep": timedelta(days=90),
        "url": url,
        "secret": SECRET,
    }
    return Subscription(**usual | given)


def announced(count: int, *, first: int = 0, **attributes: Any) -> list[Announced]:
    """Events number `first` and those after it."""
    return [_announced(number, attributes) for number in range(first, first + count)]


def _announced(number: int, attributes: dict[str, Any]) -> Announced:
    event = {
        "specversion": "1.0",
        "id": f"event-{number}",
        "type": "dossier.v1",
        "source": "igate",
        "subject": f"D-{number}",
        "time": "2026-11-29T01:02:03Z",
        "datacontenttype": "application/json",
        "data": {"number": number, "name": "Nguyễn Văn Một"},
        **attributes,
    }
    return Announced(7, number, str(event["id"]), str(event["type"]), orjson.dumps(event))


def open_channel(url: str, clock: Clock | None = None, **given: Any) -> WebhookChannel:
    """A channel to a receiver; a time-out is shortened, so that no test waits 15 seconds."""
    http = Http("the receiver", timeout=SHORT, transport=_transport)
    return WebhookChannel(webhook(url, **given), clock or FakeClock(), origin=ORIGIN, http=http)


def event_ids(request: Arrived) -> list[str]:
    body = orjson.loads(request.body)
    return [one["id"] for one in (body if isinstance(body, list) else [body])]


@dataclass
class Receiver:
    """A receiver that answers as `answer` decides, 200 by default."""

    url: str = ""
    arrived: list[Arrived] = field(default_factory=list)
    answer: Callable[[Arrived], Response] = lambda request: Response()

    @property
    def seen(self) -> list[list[str]]:
        """The ids of the events of each request."""
        return [event_ids(one) for one in self.arrived]


@contextmanager
def receiver(answer: Callable[[Arrived], Response] | None = None) -> Iterator[Receiver]:
    one = Receiver()
    if answer is not None:
        one.answer = answer

    def respond(request: Arrived) -> Response:
        one.arrived.append(request)
        return one.answer(request)

    with serving(respond) as url:
        one.url = f"{url}/hook"
        yield one


def with_settings(subscription: Subscription, **settings: Any) -> Subscription:
    return replace(subscription, settings={**subscription.settings, **settings})
