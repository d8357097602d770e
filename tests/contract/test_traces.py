"""The contract of traces: what comes in with one keeps it in all that goes out because of it, also much later."""

import threading
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.connectors.inboxes.cloudevents import CloudEvents
from lienthong.connectors.sinks.http import HttpSink
from lienthong.data.trace_context import Trace, continued
from lienthong.envelope import Bundle, Envelope
from lienthong.errors import Transient
from lienthong.intake.pushes import Push
from lienthong.outcome import Dead, Done, Later, Outcome
from lienthong.ports import Receipt, Record, Transaction
from lienthong.processing.stage import Stage
from lienthong.processing.worker import Worker
from lienthong.retry import RetryPolicy
from tests.contract.test_follow_ups import Process
from tests.contract.test_follow_ups import Queues as FollowUpQueues
from tests.contract.test_inboxes import Queues, intake, poller
from tests.contract.test_letters import letter_store, replay  # noqa: F401 - a fixture
from tests.contract.test_requests import Bus
from tests.events import event
from tests.fake_systems import make_site
from tests.mortal import Life, MortalBroker
from tests.unit.lienthong_connectors.loopback import Arrived, Response, serving
from tests.workers import Delivered, serve

NEVER = threading.Event()
ID = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"
GIVEN, STATE = f"00-{ID}-{SPAN}-01", "vendor=1,other=2"
ROUTE = "route.letters"


def carries_on(envelope: Any) -> bool:
    """Whether an event has the trace that came in, under a span of ours."""
    _, trace, span, flags = (envelope.trace or "---").split("-")
    return (trace, flags, envelope.tracestate) == (ID, "01", STATE) and len(span) == 16 and span != SPAN


class Letters:
    """Letters; each may state a trace of its own."""

    def receive(self, body: bytes, headers: Mapping[str, str]) -> Any:
        return Receipt([Record("letter.seen", one["code"], one, one.get("of", "")) for one in orjson.loads(body)])


def pushed(ledger: SqlLedger, clock: ReplayClock, *letters: Mapping[str, str]) -> None:
    inbox = intake(ledger, clock, Letters)  # type: ignore[arg-type]  # it needs no more of it
    inbox.record([inbox.read(Push(orjson.dumps(letters), {}, "portal", trace=continued(GIVEN, STATE)))])


def durable(queues: Any) -> Any:
    return MortalBroker(queues, Life())


def published(queues: Queues) -> list[Envelope]:
    """As those who consume them read them."""
    read = [Bundle.from_wire(one.queue, one.body(), one.headers()) for one in queues.bundles]
    return [envelope for bundle in read for envelope in bundle.envelopes]


def test_what_is_pushed_leaves_with_its_trace_now_and_from_the_ledger(ledger: SqlLedger, clock: ReplayClock) -> None:
    stated = "1" * 32
    pushed(ledger, clock, {"code": "a"}, {"code": "b", "of": f"00-{stated}-{SPAN}-00"}, {"code": "c", "of": "no trace"})
    queues = Queues()
    poller(ledger, durable(queues), clock).poll(NEVER)
    first, second, third = published(queues)
    assert carries_on(first) and carries_on(third)
    assert second.trace and second.trace[3:35] == stated and SPAN not in second.trace
    assert second.tracestate is None
    clock.move_to(clock.now() + timedelta(hours=1))
    again = Queues()
    assert {item.raw.id: item.raw for item in ledger.open_items()} == {one.id: one for one in (first, second, third)}
    with ledger.transaction() as transaction:
        transaction.reset_published()
    poller(ledger, durable(again), clock).poll(NEVER)
    assert published(again) == [first, second, third], "from the ledger, in another process"
    pushed(ledger, clock, {"code": "a"})
    assert {item.raw.trace for item in ledger.open_items()} == {first.trace, second.trace, third.trace}


def test_a_cloud_event_has_its_own_trace_else_that_of_its_push(ledger: SqlLedger, clock: ReplayClock) -> None:
    inbox = intake(ledger, clock)
    inbox._inbox = CloudEvents(make_site())
    attributes = {"specversion": "1.0", "source": "/x", "type": "t", "data": {}}
    body = orjson.dumps([attributes | {"id": "1", "traceparent": GIVEN, "tracestate": STATE}, attributes | {"id": "2"}])
    headers = {"content-type": "application/cloudevents-batch+json"}
    of_push = Trace(f"00-{'1' * 32}-{SPAN}-00")
    first, second = inbox.read(Push(body, headers, "portal", trace=of_push)).envelopes
    assert carries_on(first)
    assert (second.trace, second.tracestate) == (of_push.parent, None)


def test_an_answer_leaves_later_with_the_trace_of_its_question(
    database: Engine, ledger: SqlLedger, clock: ReplayClock
) -> None:
    bus = Bus(database, ledger, clock, to=("reader",), announce=True)
    trace = continued(GIVEN, STATE)
    assert trace
    answered = threading.Semaphore(0)
    bus.responder.ask({"novel": "Kieu"}, client="app", trace=trace, until=1e12, tell=lambda _: answered.release())
    assert answered.acquire(timeout=20)
    bus.publisher().publish()
    ((answer,),) = [bundle.envelopes for waiting in bus.queues.waiting.values() for bundle in waiting]
    assert carries_on(answer)
    assert [one[-2:] for one in bus.queues.announced] == [answer[-2:]], "what subscribers get has it, too"
    assert answer.trace == trace.parent
    bus.responder.close()


def test_a_retry_a_letter_and_its_replay_keep_the_trace(
    ledger: SqlLedger,
    clock: ReplayClock,
    letter_store: Any,  # noqa: F811 - the fixture
) -> None:
    pushed(ledger, clock, {"code": "a"})
    queues = Queues()
    poller(ledger, durable(queues), clock).poll(NEVER)
    outcomes: list[Outcome] = [Later("busy"), Dead("no")]
    stage = Stage(ROUTE, lambda envelopes, _: [outcomes.pop(0) for _ in envelopes], RetryPolicy())
    worker = Worker(stage, broker=durable(queues), ledger=ledger, clock=clock, observe=lambda _: None)
    serve(worker, Delivered(queues.bundles[0]))
    waits = queues.bundles[1]
    assert (waits.turn, carries_on(waits.envelopes[0])) == (2, True)
    serve(worker, Delivered(waits))
    (letter,) = letter_store.letters.load([1])
    assert carries_on(letter.envelope)
    replay(letter_store, [1])
    (replayed,) = letter_store.letters.load([1])
    assert replayed.envelope.trace == waits.envelopes[0].trace


class Receipts:
    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        return [Done(one, follow_ups=[Record("receipt.v1", one.subject, {"n": 1})]) for one in envelopes]


def test_a_follow_up_has_the_trace_of_its_cause_also_from_the_ledger(ledger: SqlLedger, clock: ReplayClock) -> None:
    queues = FollowUpQueues()
    trace = continued(GIVEN, STATE)
    assert trace
    cause = event("a")._replace(trace=trace.parent, tracestate=trace.state)
    with ledger.transaction() as transaction:
        transaction.receive([cause], source="igate", to=["sink.office"], cursor={})
        transaction.mark_published("igate", range(1, 2))
    queues.publish([Bundle("sink.office", (cause,))])
    office = Process(ledger, clock, queues, Receipts(), Life())
    office.serve_one("sink.office")
    office.publisher.poll(NEVER)
    ((follow_up,),) = [bundle.envelopes for bundle in queues.waiting["route.receipts"]]
    assert follow_up.id != cause.id
    assert carries_on(follow_up)


@pytest.mark.parametrize("together", [1, 2])
def test_a_delivery_over_http_carries_the_trace_of_the_push(
    ledger: SqlLedger, clock: ReplayClock, together: int
) -> None:
    pushed(ledger, clock, *({"code": str(number)} for number in range(together)))
    queues = Queues()
    poller(ledger, durable(queues), clock).poll(NEVER)
    arrived: list[Arrived] = []

    def respond(request: Arrived) -> Response:
        arrived.append(request)
        return Response(503 if len(arrived) == 1 else 200)

    events = published(queues)
    with serving(respond) as url:
        sink = HttpSink(make_site(), url=url)
        with pytest.raises(Transient):
            sink.deliver(events, None)  # type: ignore[arg-type]  # it needs no more of it
        sink.deliver(events, None)  # type: ignore[arg-type]  # it needs no more of it
    assert len(arrived) == 1 + together
    parents = [request.headers["traceparent"] for request in arrived]
    assert {parent[3:35] for parent in parents} == {ID}
    assert len({parent[36:52] for parent in parents} | {SPAN, str(events[0].trace)[36:52]}) == len(parents) + 2
    assert {request.headers["tracestate"] for request in arrived} == {STATE}
