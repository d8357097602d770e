"""The official library of Standard Webhooks accepts what the bus sends, and refuses what was changed."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.fake_systems import FakeClock
from tests.unit.lienthong_connectors.loopback import Arrived
from tests.webhooks import SECRET, announced, open_channel, receiver

NEW = "whsec_" + base64.b64encode(b"the secret that follows, 32 byte").decode()


def delivered(clock: FakeClock, **given: object) -> Arrived:
    with receiver() as hospital:
        open_channel(hospital.url, clock, **given).deliver(announced(3))
    (request,) = hospital.arrived
    return request


def test_a_delivery_verifies() -> None:
    request = delivered(FakeClock(datetime.now(UTC)))
    assert [one["id"] for one in Webhook(SECRET).verify(request.body, request.headers)] == [
        "event-0",
        "event-1",
        "event-2",
    ]
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(request.body.replace(b"event-0", b"event-9"), request.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(request.body, request.headers)


def test_a_delivery_of_ten_minutes_ago_does_not() -> None:
    request = delivered(FakeClock(datetime.now(UTC) - timedelta(minutes=10)))
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(request.body, request.headers)


def test_while_a_secret_is_replaced_either_verifies_and_afterwards_the_new_one_alone() -> None:
    clock = FakeClock(datetime.now(UTC))
    replaced = {"secret": NEW, "previous_secret": SECRET, "previous_until": clock.moment + timedelta(minutes=1)}
    request = delivered(clock, **replaced)
    for secret in (SECRET, NEW):
        assert Webhook(secret).verify(request.body, request.headers)
    clock.moment += timedelta(minutes=1)
    request = delivered(clock, **replaced)
    assert Webhook(NEW).verify(request.body, request.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(request.body, request.headers)
