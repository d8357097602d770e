"""An event larger than the broker takes dies alone, on every broker; no other publish is disturbed."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.rabbitmq.broker import RabbitBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Bundle, Envelope
from lienthong.errors import EventsTooLarge
from lienthong.intake.poller import Poller
from lienthong.ledger.records import Account
from lienthong.outcome import Done, Outcome
from lienthong.ports import Broker, Cursor, Page, Record, Transaction
from lienthong.processing.stage import Stage
from lienthong.processing.worker import Worker
from lienthong.retry import RetryPolicy
from tests.events import event
from tests.services import rabbitmq
from tests.workers import STOPPED

ROUTE, SINK = "route.a", "sink.b"
LIMIT = rabbitmq.MAX_MESSAGE_BYTES
SOON = timedelta(seconds=10)


@pytest.fixture(params=["memory", "rabbitmq"])
def broker(clock: ReplayClock, request: pytest.FixtureRequest) -> Iterator[Broker]:
    adapter: Broker
    if request.param == "rabbitmq":
        adapter = RabbitBroker(rabbitmq.node().url())  # it knows nothing of the node's limit
    else:
        adapter = KombuBroker("memory://", clock, name=request.node.name, max_message_bytes=LIMIT)
    adapter.declare([ROUTE, SINK], ())
    yield adapter
    adapter.close()


def large(name: str, size: int = LIMIT + 1) -> Envelope:
    return event(name, text="x" * size)


def consume_all(broker: Broker, queue: str, count: int) -> Sequence[Bundle]:
    consumer, bundles = broker.consume(queue), []
    while sum(len(bundle.envelopes) for bundle in bundles) < count:
        delivery = consumer.next(SOON)
        assert delivery is not None
        bundles.append(delivery.bundle)
        delivery.ack()
    consumer.close()
    return bundles


def test_an_event_that_is_too_large_is_named_with_its_size_and_the_limit(broker: Broker) -> None:
    too_large = large("lớn")
    with pytest.raises(EventsTooLarge) as refused:
        broker.publish([Bundle(ROUTE, (event("một"), too_large, event("hai")))])
    assert refused.value.limit == LIMIT
    assert refused.value.sizes == {too_large.id: len(Bundle(ROUTE, (too_large,)).body())}
    assert broker.consume(ROUTE).next(timedelta(milliseconds=300)) is None


def test_events_that_fit_only_one_by_one_are_published_in_parts(broker: Broker) -> None:
    events = tuple(large(str(number), LIMIT * 6 // 10) for number in range(3))
    broker.publish([Bundle(ROUTE, events, turn=2)])
    bundles = consume_all(broker, ROUTE, 3)
    assert [bundle.envelopes for bundle in bundles] == [(each,) for each in events]
    assert {bundle.turn for bundle in bundles} == {2}


def test_an_event_of_exactly_the_largest_size_is_published(broker: Broker) -> None:
    fits = large("vừa", LIMIT - len(Bundle(ROUTE, (large("vừa", 0),)).body()))
    assert len(Bundle(ROUTE, (fits,)).body()) == LIMIT
    broker.publish([Bundle(ROUTE, (fits,))])
    assert consume_all(broker, ROUTE, 1)[0].envelopes == (fits,)


def test_no_channel_of_others_closes_and_a_second_large_event_is_not_even_tried(broker: Broker) -> None:
    with capture_logs() as first:
        for _ in range(2):
            with pytest.raises(EventsTooLarge):
                broker.publish([Bundle(ROUTE, (large("lớn"),))])
            broker.publish([Bundle(ROUTE, (event("một"),))])
    assert sum(line["event"] == "publishing channel closed" for line in first) == int(broker.durable)


def test_a_large_announcement_is_refused_as_well(broker: Broker) -> None:
    with pytest.raises(EventsTooLarge):
        broker.publish([], announce=[large("lớn")])


class Records:
    """A source of one page: a small record, one that is too large, another small one."""

    def poll(self, cursor: Cursor) -> Iterable[Page]:
        texts = {"a": "", "b": "x" * LIMIT, "c": ""}
        yield Page([Record("test.event", key, {"name": key, "text": text}) for key, text in texts.items()], {"n": 1})


def make_poller(broker: Broker, ledger: SqlLedger, clock: ReplayClock) -> Poller:
    return Poller("igate", Records(), (ROUTE,), broker=broker, ledger=ledger, clock=clock, observe=lambda _: None)


def test_at_intake_it_is_one_dead_letter_and_the_others_go_on(
    broker: Broker, ledger: SqlLedger, clock: ReplayClock
) -> None:
    make_poller(broker, ledger, clock).poll(STOPPED)
    bundles = consume_all(broker, ROUTE, 2)
    assert [envelope.subject for bundle in bundles for envelope in bundle.envelopes] == ["a", "c"]
    (letter,) = ledger.letters()
    assert (letter.envelope.subject, letter.stage, letter.error) == ("b", ROUTE, "TooLarge")
    assert "5.242.880" in letter.reason and "byte" in letter.reason
    assert ledger.balance().sources["igate"] == Account(received=3, dead=1, in_flight=2)
    assert make_poller(broker, ledger, clock).poll(STOPPED).new == 0
    assert list(ledger.verify()) == []


def test_what_a_route_makes_too_large_dies_at_the_route_and_the_others_go_on(
    broker: Broker, ledger: SqlLedger, clock: ReplayClock
) -> None:
    def inflate(envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
        return [
            Done(envelope.with_data("test.large", {"text": "x" * (LIMIT if envelope.subject == "b" else 1)}))
            for envelope in envelopes
        ]

    stage = Stage(ROUTE, inflate, RetryPolicy(), to=(SINK,), announce=True)
    events = [event("a"), event("b"), event("c")]
    with ledger.transaction() as transaction:
        transaction.receive(events, source="igate", to=(ROUTE,), cursor={})
    broker.publish([Bundle(ROUTE, tuple(events))])
    worker = Worker(stage, broker=broker, ledger=ledger, clock=clock)
    worker.serve_next(broker.consume(ROUTE), STOPPED)
    bundles = consume_all(broker, SINK, 2)
    assert [envelope.subject for bundle in bundles for envelope in bundle.envelopes] == ["a", "c"]
    (letter,) = ledger.letters()
    assert (letter.envelope, letter.stage, letter.error) == (event("b"), ROUTE, "TooLarge")
    assert ledger.balance().faults == ()
