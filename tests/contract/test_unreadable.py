"""A message that cannot be read is set aside with its bytes, on every broker, and stops nothing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pika
import pytest
from kombu.connection import Connection

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.rabbitmq.aside import RabbitSetAside
from lienthong.adapters.rabbitmq.broker import RabbitBroker
from lienthong.adapters.set_aside_folder import FolderSetAside
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Bundle, Envelope
from lienthong.ledger.records import Account
from lienthong.operations.set_aside import list_messages, remove_messages, save_messages
from lienthong.outcome import Done, Outcome
from lienthong.ports import AsideMessage, Broker, SetAside, Transaction
from lienthong.processing.stage import Stage
from lienthong.processing.worker import Worker
from lienthong.retry import RetryPolicy
from tests.events import event
from tests.services import rabbitmq
from tests.services.rabbitmq_steps import open_channel
from tests.workers import STOPPED

ROUTE = "route.a"
SOON = timedelta(seconds=10)
OURS = {"turn": 1, "attempt": 1, "form": "lines-2"}
SOUND = Bundle(ROUTE, (event("lạ"),)).body()


@dataclass
class Place:
    """A broker, what it set aside, and a way to put any message into its queue `route.a`."""

    broker: Broker
    aside: SetAside
    put: Callable[[bytes, dict[str, Any], str], None]

    def messages(self) -> Sequence[AsideMessage]:
        found: list[AsideMessage] = []
        self.aside.walk("unreadable", lambda one: bool(found.append(one)))
        return found


@pytest.fixture(params=["memory", "rabbitmq"])
def place(clock: ReplayClock, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "memory":
        name = request.node.name
        broker = KombuBroker("memory://", clock, name=name, data=tmp_path)
        broker.declare([ROUTE], ())

        def put_in_memory(body: bytes, headers: dict[str, Any], encoding: str) -> None:
            with Connection("memory://", transport_options={"body_encoding": None}) as connection:
                channel = connection.channel()
                prepared = channel.prepare_message(body, headers=headers, content_encoding=encoding, properties={})
                channel.basic_publish(prepared, exchange="", routing_key=f"{name}.{ROUTE}")

        yield Place(broker, FolderSetAside(tmp_path), put_in_memory)
        broker.close()
        return
    url = rabbitmq.fresh_url()
    on_server = RabbitBroker(url)
    on_server.declare([ROUTE], ())

    def put_on_server(body: bytes, headers: dict[str, Any], encoding: str) -> None:
        with open_channel(url) as channel:
            channel.confirm_delivery()
            properties = pika.BasicProperties(headers=headers, content_encoding=encoding or None)
            channel.basic_publish("", f"lt1.{ROUTE}", body, properties)

    yield Place(on_server, RabbitSetAside(url), put_on_server)
    on_server.close()


def with_headers(**changed: Any) -> dict[str, Any]:
    return {name: value for name, value in {**OURS, **changed}.items() if value is not None}


def changed(old: str, new: str) -> bytes:
    assert old.encode() in SOUND
    return SOUND.replace(old.encode(), new.encode())


@pytest.mark.parametrize(
    ("body", "headers", "encoding"),
    [
        (b"", OURS, ""),
        (b"\xff\xfe", {}, ""),
        (b"{}", {}, ""),
        (b"[]", {}, ""),
        (b"[\n]", OURS, ""),
        (b"[" * 100_000, {}, ""),
        (b'[{"id": 1}]', {}, ""),
        (SOUND[:-3], OURS, ""),
        (SOUND, with_headers(turn=2**40), ""),
        (SOUND, with_headers(turn=-1), ""),
        (SOUND, with_headers(turn=0), ""),
        (SOUND, with_headers(turn="one"), ""),
        (SOUND, with_headers(turn=True), ""),
        (SOUND, with_headers(turn=None), ""),
        (SOUND, with_headers(attempt=[1]), ""),
        (SOUND, with_headers(form="lines-9"), ""),
        (SOUND, with_headers(form=2), ""),
        (SOUND, with_headers(ledger=7), ""),
        (SOUND, OURS, "gzip"),
        (changed('"source":"igate"', '"source":["igate"]'), OURS, ""),
        (changed('"type":"test.event"', '"type":null'), OURS, ""),
        (changed('"time":"2023', '"time":"soon 2023'), OURS, ""),
        (changed('"time":"2023', '"time":2023,"x":"'), OURS, ""),
        (changed('"receivedat":"2023', '"receivedat":"0001'), OURS, ""),
        (changed('"subject":"lạ"', '"subject":"\\u0000"'), OURS, ""),
        (changed('"subject":"lạ"', '"subject":"' + "x" * 30_000 + '"'), OURS, ""),
        (changed('"data":{"name":"lạ"}', '"data":[1]'), OURS, ""),
    ],
)
def test_a_message_of_any_other_shape_is_set_aside_with_its_bytes_and_the_next_one_comes(
    place: Place, body: bytes, headers: dict[str, Any], encoding: str
) -> None:
    place.put(body, headers, encoding)
    place.broker.publish([Bundle(ROUTE, (event("tốt"),))])
    delivery = place.broker.consume(ROUTE).next(SOON)
    assert delivery is not None and delivery.bundle.envelopes == (event("tốt"),)
    (kept,) = place.messages()
    assert (kept.body, kept.queue, kept.headers) == (body, ROUTE, headers)
    assert kept.why and kept.at


def test_what_was_set_aside_is_listed_saved_and_removed(place: Place, tmp_path: Path) -> None:
    for text in (b"one", b"two"):
        place.put(text, OURS, "")
    assert place.broker.consume(ROUTE).next(timedelta(seconds=1)) is None
    assert place.aside.counts() == {"unreadable": 2, "foreign": 0}
    first, second = list_messages(place.aside, "unreadable")
    assert (first.size, first.queue) == (3, ROUTE)
    assert save_messages(place.aside, "unreadable", tmp_path / "saved") == 2
    assert (tmp_path / "saved" / f"{first.id}.body").read_bytes() == b"one"
    assert remove_messages(place.aside, "unreadable", [first.id]) == 1
    assert [one.id for one in list_messages(place.aside, "unreadable")] == [second.id]
    assert remove_messages(place.aside, "unreadable", ["all"]) == 1
    assert place.aside.counts() == {"unreadable": 0, "foreign": 0}


def test_a_bundle_of_another_ledger_can_be_set_aside_as_it_is(place: Place) -> None:
    bundle = Bundle(ROUTE, (event("một"),), turn=3)
    place.broker.set_aside(bundle, "foreign", "another ledger")
    assert place.aside.counts() == {"unreadable": 0, "foreign": 1}
    kept: list[AsideMessage] = []
    place.aside.walk("foreign", lambda one: bool(kept.append(one)))
    assert Bundle.from_wire(ROUTE, kept[0].body, kept[0].headers) == bundle


def decoded(envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
    return [Done(envelope, note=envelope.data_dict()["name"]) for envelope in envelopes]


@pytest.fixture
def worker(place: Place, ledger: SqlLedger, clock: ReplayClock) -> Worker:
    return Worker(Stage(ROUTE, decoded, RetryPolicy()), broker=place.broker, ledger=ledger, clock=clock)


def spoilt(*names: str, guilty: str) -> bytes:
    """A bundle of the events, the data of one of which is no JSON."""
    body = Bundle(ROUTE, tuple(event(name) for name in names)).body()
    return body.replace(f'"data":{{"name":"{guilty}"}}'.encode(), f'"data":{{"name":"{guilty}" broken}}'.encode())


def receive(ledger: SqlLedger, *names: str) -> None:
    with ledger.transaction() as transaction:
        events = [event(name) for name in names]
        transaction.receive(events, source="igate", to=(ROUTE,), cursor={})


def test_an_event_with_broken_data_dies_alone_and_its_bytes_are_kept(
    place: Place, worker: Worker, ledger: SqlLedger
) -> None:
    receive(ledger, "a", "b", "c")
    place.put(spoilt("a", "b", "c", guilty="b"), OURS, "")
    worker.serve_next(place.broker.consume(ROUTE), STOPPED)
    assert ledger.balance().sources["igate"] == Account(received=3, delivered=2, dead=1)
    assert ledger.balance().faults == ()
    (letter,) = ledger.letters()
    assert (letter.envelope.subject, letter.error, letter.field) == ("b", "Unreadable", "data")
    assert list(letter.envelope.data) == ["lienthong:unreadable"]
    (kept,) = place.messages()
    assert b'"name":"b" broken' in kept.body and b'"name":"a"' not in kept.body
    assert list(ledger.verify()) == []


def test_an_event_with_broken_data_that_was_never_received_has_no_account(
    place: Place, worker: Worker, ledger: SqlLedger
) -> None:
    receive(ledger, "a")
    place.put(spoilt("a", "lạ", guilty="lạ"), OURS, "")
    worker.serve_next(place.broker.consume(ROUTE), STOPPED)
    assert ledger.balance().sources["igate"] == Account(received=1, delivered=1)
    assert (ledger.balance().faults, ledger.letters(), len(place.messages())) == ((), [], 1)
