"""Requests signed by Standard Webhooks, and the receiver that `docs/subscribers.md` shows."""

import base64
import threading
from datetime import UTC, datetime
from http.server import HTTPServer
from typing import Any

import httpx
import pytest

from lienthong.configuration.bind import bind
from lienthong.configuration.faults import Mismatch
from lienthong.connectors.protocols.webhook_signatures import Signing
from lienthong.connectors.sinks.http import HttpSink
from lienthong.errors import Transient
from tests.contract.sinks_contract import UntouchableTransaction
from tests.events import event
from tests.fake_systems import make_site
from tests.subscriber_examples import examples
from tests.unit.lienthong_connectors.loopback import Arrived, Response, serving

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + base64.b64encode(b"another secret of 32 bytes here.").decode()
EVENTS = [event(f"thư {number}", number=number) for number in range(3)]


def sent(*statuses: int, **given: Any) -> list[Arrived]:
    """What a receiver gets that answers with these statuses in turn, and with 200 after them."""
    arrived: list[Arrived] = []
    answers = list(statuses)

    def receive(request: Arrived) -> Response:
        arrived.append(request)
        return Response(answers.pop(0) if answers else 200)

    with serving(receive) as url:
        sink = HttpSink(make_site(), **bind(HttpSink, {"url": url, **given}, tables={}))
        sink.deliver(EVENTS, UntouchableTransaction())
    return arrived


def receiver_of_the_documentation() -> Any:
    """The function `genuine(headers, body, secret, now)`, as the page shows it."""
    return examples("genuine")["genuine"]


def test_a_signature_is_that_of_the_specification() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = Signing(secret=SECRET).headers("msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', at)
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_the_receiver_of_the_documentation_accepts_what_is_sent_and_nothing_else() -> None:
    genuine = receiver_of_the_documentation()
    (arrived,) = sent(send={"format": "cloudevents", "batch": 9}, sign={"secret": SECRET})
    now = int(arrived.headers["webhook-timestamp"])
    assert genuine(arrived.headers, arrived.body, SECRET, now)
    assert not genuine(arrived.headers, arrived.body + b" ", SECRET, now)
    assert not genuine(arrived.headers, arrived.body, OTHER, now)
    assert not genuine(arrived.headers, arrived.body, SECRET, now + 301)
    assert not genuine({}, arrived.body, SECRET, now)


def test_while_a_secret_is_replaced_both_are_accepted() -> None:
    genuine = receiver_of_the_documentation()
    arrived = sent(sign={"secret": OTHER, "previous": SECRET})[0]
    now = int(arrived.headers["webhook-timestamp"])
    assert [genuine(arrived.headers, arrived.body, secret, now) for secret in (OTHER, SECRET)] == [True, True]


def test_a_repetition_has_the_same_id() -> None:
    ids = [one.headers["webhook-id"] for one in [*sent(500, sign={"secret": SECRET}), *sent(sign={"secret": SECRET})]]
    assert ids[:3] == ids[3:] == [one.id for one in EVENTS]


def test_without_a_secret_nothing_is_signed() -> None:
    assert [name for one in sent() for name in one.headers if name.lower().startswith("webhook-")] == []


@pytest.mark.parametrize("secret", ["", "a-secret", "whsec_c2hvcnQ=", "whsec_" + "A" * 120, "whsec_ü"])
def test_check_refuses_what_is_no_secret_and_does_not_show_it(secret: str) -> None:
    with pytest.raises(Mismatch) as error:
        bind(HttpSink, {"url": "https://nhan.example.gov.vn", "sign": {"secret": secret}}, tables={})
    (fault,) = error.value.faults
    assert fault.path == ("sign", "secret")
    assert not secret or secret not in str(fault)


def test_a_receiver_on_this_machine_is_not_public() -> None:
    with pytest.raises(Transient):
        sent(only_public=True)


def test_the_receiver_of_the_documentation_consents_and_keeps_what_is_genuine() -> None:
    shown, kept = examples("Receiver"), []

    class Receiver(shown["Receiver"]):  # type: ignore[misc]  # it comes from a page
        secret, keep, now = SECRET, staticmethod(kept.append), staticmethod(lambda: make_site().clock.now().timestamp())

        def log_message(self, *_: Any) -> None:
            """The test prints nothing."""

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/"
        try:
            consent = httpx.options(url, headers={"WebHook-Request-Origin": "bus.example"})
            send = {"format": "cloudevents", "batch": 2}
            given = {"url": url, "send": send, "sign": {"secret": SECRET}}
            sink = HttpSink(make_site(), **bind(HttpSink, given, tables={}))
            sink.deliver(EVENTS, UntouchableTransaction())
            forged = httpx.post(url, content=b"[]", headers={"webhook-timestamp": "1", "webhook-signature": "v1,x"})
        finally:
            server.shutdown()
            thread.join()
    assert (consent.headers["WebHook-Allowed-Origin"], consent.headers["WebHook-Allowed-Rate"]) == ("bus.example", "*")
    assert forged.status_code == 401
    assert [one["id"] for one in kept] == [one.id for one in EVENTS]
