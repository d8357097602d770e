"""A receiver is asked before it is sent anything, and only its header is consent."""

import pytest

from lienthong.connectors.protocols.http import Http
from lienthong.connectors.webhooks.handshake import ask_consent
from lienthong.subscriptions.handshake import Handshake, consent_of, leave_out
from tests.fake_systems import NOON, FakeClock
from tests.unit.lienthong_connectors.loopback import Response
from tests.webhooks import ORIGIN, SHORT, receiver, webhook, with_settings


def shaken(response: Response, *, per_minute: int | None = None) -> Handshake:
    with receiver(lambda _: response) as hospital:
        http = Http("the receiver", timeout=SHORT)
        return ask_consent(webhook(hospital.url), FakeClock(), origin=ORIGIN, per_minute=per_minute, http=http)


def allowed(origin: str, rate: str | None = None, status: int = 200) -> Response:
    rates = () if rate is None else (("WebHook-Allowed-Rate", rate),)
    return Response(status, headers=(("WebHook-Allowed-Origin", origin), *rates))


def test_the_request_names_the_bus_and_carries_no_event() -> None:
    with receiver(lambda _: allowed("*", "120")) as hospital:
        ask_consent(webhook(hospital.url), FakeClock(), origin=ORIGIN, per_minute=600)
    (request,) = hospital.arrived
    assert (request.method, request.path, request.body) == ("OPTIONS", "/hook", b"")
    assert request.headers["WebHook-Request-Origin"] == ORIGIN
    assert request.headers["WebHook-Request-Rate"] == "600"


@pytest.mark.parametrize(
    ("response", "per_minute"),
    [
        (allowed("*"), None),
        (allowed(ORIGIN, "*"), None),
        (allowed(ORIGIN.upper(), "120"), 120),
        (allowed("*", "1", 204), 1),
    ],
)
def test_the_header_is_consent_and_its_rate_is_kept(response: Response, per_minute: int | None) -> None:
    granted = shaken(response)
    assert granted.is_given
    assert granted.per_minute == per_minute
    assert granted.at == NOON.isoformat()


@pytest.mark.parametrize(
    "response",
    [
        *(Response(200), Response(204), Response(404), Response(405), Response(500), Response(0)),
        *(allowed(""), allowed("other.example"), allowed("*", status=302), allowed("*", status=401)),
        *(allowed("*", "0"), allowed("*", "-1"), allowed("*", "many"), allowed("*", "9" * 30), allowed("*", "1²")),
    ],
)
def test_anything_else_is_none_and_states_why(response: Response) -> None:
    refused = shaken(response)
    assert not refused.is_given
    assert refused.why


def test_what_came_of_it_is_kept_with_the_subscription() -> None:
    subscription = webhook("https://hooks.example.org/x")
    granted = Handshake("granted", "2026-11-29T00:00:00+00:00", 200, 120)
    assert consent_of(with_settings(subscription, handshake=granted.setting())) == granted
    assert not consent_of(with_settings(subscription, handshake=None)).is_given
    assert leave_out(FakeClock()).is_given
