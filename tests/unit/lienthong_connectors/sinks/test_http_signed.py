"""Requests signed by Standard Webhooks, and the receiver that `docs/subscribers.md` shows."""

import base64
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lienthong.configuration.bind import bind
from lienthong.configuration.faults import Mismatch
from lienthong.connectors.protocols.webhook_signatures import Signing
from lienthong.connectors.sinks.http import HttpSink
from lienthong.errors import Transient
from tests.contract.sinks_contract import UntouchableTransaction
from tests.events import event
from tests.fake_systems import make_site
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
    page = Path("docs/subscribers.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?def genuine.*?)```", page, re.DOTALL)
    assert code
    names: dict[str, Any] = {}
    exec(code[1], names)  # noqa: S102 - the example of our own page
    return names["genuine"]


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
