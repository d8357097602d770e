"""The contract of what is pushed: each record is one event, and goes to its routes once, whatever stops and returns."""

import random
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.pushes import SqlPushNotes, SqlPushReplies
from lienthong.envelope import Bundle
from lienthong.errors import DataRefused, Transient
from lienthong.intake.inbox import InboxIntake
from lienthong.intake.inbox_poller import InboxPoller
from lienthong.intake.pushes import Push
from lienthong.outcome import Dropped
from lienthong.ports import PushStatus, Receipt, Record, Reply
from lienthong.processing.recovery import Recovery
from lienthong.processing.stage import Stage
from lienthong.retry import RetryPolicy
from lienthong.settings import InboxSettings
from tests.mortal import KilledError, Life, MortalBroker, MortalLedger, is_killed

NEVER = threading.Event()
SOURCE, ROUTE = "inbox.office", "route.letters"
SETTINGS = InboxSettings(name="office", use="x.Office")


class Office:
    """Letters by code, and a reply that states which of them were new."""

    def receive(self, body: bytes, headers: Mapping[str, str]) -> Receipt:
        records = [Record("letter.seen", one["code"], one) for one in orjson.loads(body)]
        return Receipt(records, lambda new: Reply(200, orjson.dumps(list(new))))


class UniqueOffice(Office):
    """Every letter has an id."""

    def receive(self, body: bytes, headers: Mapping[str, str]) -> Receipt:
        return replace(super().receive(body, headers), unique=True)


class Queues:
    """Durable queues that all processes share."""

    def __init__(self) -> None:
        self.bundles: list[Bundle] = []

    def publish(self, bundles: Sequence[Bundle]) -> None:
        self.bundles += bundles

    @property
    def ids(self) -> Counter[str]:
        return Counter(envelope.id for bundle in self.bundles for envelope in bundle.envelopes)


def body(*letters: Mapping[str, Any]) -> bytes:
    return orjson.dumps(letters)


def letters(*codes: str) -> bytes:
    return body(*({"code": code} for code in codes))


def intake(ledger: Any, clock: ReplayClock, kind: type[Office] = Office, **settings: Any) -> InboxIntake:
    replies = SqlPushReplies(ledger._database)
    return InboxIntake(replace(SETTINGS, **settings), kind(), (ROUTE,), ledger=ledger, replies=replies, clock=clock)


def push(inbox: InboxIntake, *bodies: bytes, client: str = "portal", key: str = "") -> list[list[bool]]:
    """Push bodies at once; for each, which of its records were new."""
    answers = inbox.record([inbox.read(Push(one, {}, client, key)) for one in bodies])
    return [orjson.loads(answer.reply.body) for answer in answers if answer.reply]


def poller(ledger: Any, broker: Any, clock: ReplayClock) -> InboxPoller:
    return InboxPoller(SOURCE, (ROUTE,), broker=broker, ledger=ledger, clock=clock)


def test_a_repetition_is_answered_as_such(ledger: SqlLedger, clock: ReplayClock) -> None:
    office = intake(ledger, clock)
    assert push(office, letters("a", "b")) == [[True, True]]
    assert push(office, letters("a", "b")) == [[False, False]]
    assert push(office, letters("b", "c", "c")) == [[False, True, False]]
    assert ledger.received_count(SOURCE) == 3


def test_pushes_of_one_transaction_are_answered_apart(ledger: SqlLedger, clock: ReplayClock) -> None:
    office = intake(ledger, clock)
    answered = push(office, letters("a"), letters("b", "a"), letters("b"), letters(), letters("c"))
    assert answered == [[True], [True, False], [False], [], [True]]
    assert ledger.received_count(SOURCE) == 3
    assert list(ledger.verify()) == []


def test_a_content_that_returns_is_new(ledger: SqlLedger, clock: ReplayClock) -> None:
    office = intake(ledger, clock)
    one, two = {"code": "a", "version": 1}, {"code": "a", "version": 2}
    assert push(office, body(one), body(two), body(one)) == [[True], [True], [True]]
    assert push(office, body(one, two, one)) == [[False, False, False]]
    assert push(office, body(two), body(one)) == [[True], [True]]
    assert ledger.received_count(SOURCE) == 5


def test_a_content_that_is_unique_is_never_new_again(ledger: SqlLedger, clock: ReplayClock) -> None:
    office = intake(ledger, clock, UniqueOffice)
    one, two, three = ({"code": "a", "id": number} for number in range(3))
    assert push(office, body(one, one), body(two)) == [[True, False], [True]]
    assert push(office, body(one)) == [[False]]
    assert push(office, body(two, three, one), body(three)) == [[False, True, False], [False]]
    assert ledger.received_count(SOURCE) == 3
    assert list(ledger.verify()) == []


def test_the_client_is_in_the_trail(ledger: SqlLedger, clock: ReplayClock) -> None:
    office = intake(ledger, clock)
    pushes = [office.read(Push(letters(code), {}, client)) for code, client in (("a", "x"), ("b", "y"), ("c", ""))]
    office.record(pushes)
    assert [ledger.trail(code)[0].who for code in "abc"] == ["x", "y", ""]
    assert list(ledger.verify()) == []


def test_what_the_database_refuses_costs_no_other_push(ledger: SqlLedger, clock: ReplayClock) -> None:
    office = intake(ledger, clock)
    refused = {"code": "b", "type": "x" * 100}

    class Refusing(SqlLedger):
        """A database that refuses one record."""

        def transaction(self) -> Any:
            transaction = super().transaction()
            receive = transaction.receive

            def refusing(envelopes: Any, **given: Any) -> Any:
                if any(one.subject == "b" for one in envelopes):
                    raise DataRefused("no")
                return receive(envelopes, **given)

            transaction.receive = refusing  # type: ignore[method-assign]  # a database that refuses
            return transaction

    office = intake(Refusing(ledger._database, clock), clock)
    answered = push(office, letters("a"), body({"code": "c"}, refused, {"code": "d"}), letters("e"))
    assert answered == [[True], [True, False, True], [True]]
    assert ledger.received_count(SOURCE) == 5  # what is left of the refused record dies at its route


def test_what_an_earlier_attempt_has_recorded_is_still_answered_as_new(ledger: SqlLedger, clock: ReplayClock) -> None:
    """A record is refused, so pushes and then their parts are received alone; now and then another process disturbs."""
    disturbed = Counter({"c": 1, "d": 2, "e": 1})

    class Disturbed(SqlLedger):
        def transaction(self) -> Any:
            transaction = super().transaction()
            receive = transaction.receive

            def refusing(envelopes: Any, **given: Any) -> Any:
                subjects = [one.subject for one in envelopes]
                if "b" in subjects:
                    raise DataRefused("no")
                for subject in subjects:
                    if disturbed[subject]:
                        disturbed[subject] -= 1
                        raise Transient("another process was faster", outage=False)
                return receive(envelopes, **given)

            transaction.receive = refusing  # type: ignore[method-assign]  # a database that refuses
            return transaction

    office = intake(Disturbed(ledger._database, clock), clock)
    refused = {"code": "b", "type": "x" * 100}
    answered = push(office, letters("a"), letters("c"), body({"code": "f"}, refused, {"code": "d"}), letters("e"))
    assert answered == [[True], [True], [True, False, True], [True]]
    assert disturbed.total() == 0
    assert push(office, letters("a", "c", "f", "d", "e")) == [[False] * 5]


def test_the_room_is_counted_from_what_is_published(ledger: SqlLedger, clock: ReplayClock) -> None:
    assert ledger.unpublished_count(SOURCE) == 0
    push(intake(ledger, clock), letters("a", "b", "c"))
    assert ledger.unpublished_count(SOURCE) == 3  # also while the bus has never run
    queues = Queues()
    poller(ledger, MortalBroker(queues, Life()), clock).poll(NEVER)
    assert ledger.unpublished_count(SOURCE) == 0
    push(intake(ledger, clock), letters("d", "e"))
    assert ledger.unpublished_count(SOURCE) == 2
    with pytest.raises(Transient):
        push(intake(ledger, clock, room=2), letters("f"))


def test_what_is_pushed_is_published_once_and_in_order(ledger: SqlLedger, clock: ReplayClock) -> None:
    office, queues = intake(ledger, clock), Queues()
    publishing = poller(ledger, MortalBroker(queues, Life()), clock)
    for start in range(0, 2500, 500):
        push(office, letters(*(f"{number}" for number in range(start, start + 500))))
    assert publishing.poll(NEVER).new == 2500
    assert publishing.poll(NEVER).new == 0
    push(office, letters("late"))
    assert publishing.poll(NEVER).new == 1
    subjects = [envelope.subject for bundle in queues.bundles for envelope in bundle.envelopes]
    assert subjects == [*map(str, range(2500)), "late"]


def test_a_kept_reply_is_given_again_until_it_is_forgotten(
    ledger: SqlLedger, clock: ReplayClock, database: Engine
) -> None:
    assert push(intake(ledger, clock), letters("a", "b"), key="k") == [[True, True]]
    assert push(intake(ledger, clock), letters("a", "b"), letters("a", "b"), key="k") == [[True, True]] * 2
    assert push(intake(ledger, clock), letters("c"), key="k") == []
    assert push(intake(ledger, clock), letters("a", "b"), client="other", key="k") == [[False, False]]
    SqlPushReplies(database).forget(clock.now() + timedelta(seconds=1))
    assert push(intake(ledger, clock), letters("a", "b"), key="k") == [[False, False]]
    assert ledger.received_count(SOURCE) == 2


def test_two_processes_keep_one_reply(ledger: SqlLedger, clock: ReplayClock, database: Engine) -> None:
    """The second finds none and waits for the first; then its own cannot be kept, and it tries again."""
    replies = SqlPushReplies(database)
    first, second = intake(ledger, clock), intake(ledger, clock)

    class Late:
        """Sees nothing of what another process has kept."""

        def find(self, keys: Any, transaction: Any) -> Mapping[Any, Any]:
            return {}

        def __getattr__(self, name: str) -> Any:
            return getattr(replies, name)

    assert push(first, letters("a"), key="k") == [[True]]
    second._replies = Late()  # type: ignore[assignment]  # as it is in a race
    with pytest.raises(Transient) as raised:
        push(second, letters("a", "b"), key="k")
    assert not raised.value.outage
    assert ledger.received_count(SOURCE) == 1


def test_notes_of_several_processes_are_added(database: Engine, clock: ReplayClock) -> None:
    notes, now = SqlPushNotes(database), clock.now()
    notes.add([])
    notes.add([PushStatus("a", 3, 0, now, now), PushStatus("b", 0, 1, None, None, now, "rate-exceeded")])
    notes.add([PushStatus("a", 2, 1, now + timedelta(1), None, now, "key-missing")])
    notes.add([PushStatus("b", 0, 1, None, None, now - timedelta(1), "earlier")])
    assert notes.read() == {
        "a": PushStatus("a", 5, 1, now + timedelta(1), now, now, "key-missing"),
        "b": PushStatus("b", 0, 2, None, None, now, "rate-exceeded"),
    }


@pytest.fixture
def embedded(clock: ReplayClock, request: pytest.FixtureRequest) -> Iterator[KombuBroker]:
    broker = KombuBroker("memory://", clock, name=request.node.name)
    broker.declare([ROUTE], [])
    yield broker
    broker.close()


def test_on_queues_that_keep_nothing_each_process_publishes_what_is_open(
    ledger: SqlLedger, clock: ReplayClock, embedded: KombuBroker
) -> None:
    office = intake(ledger, clock)
    push(office, letters("a", "b"))
    first = poller(ledger, embedded, clock)
    stage = Stage(ROUTE, lambda envelopes, _: [Dropped("x") for _ in envelopes], RetryPolicy())
    recovery = Recovery({ROUTE: stage}, broker=embedded, ledger=ledger, clock=clock)
    assert recovery.run(NEVER) == 0  # the inbox's own poller publishes what was pushed
    assert (first.poll(NEVER).new, first.poll(NEVER).new) == (2, 0)
    push(office, letters("c"))
    assert (first.poll(NEVER).new, first.poll(NEVER).new) == (1, 0)
    assert embedded.depth() == 2
    assert poller(ledger, embedded, clock).poll(NEVER).new == 3  # of another process: nothing is handled yet


KILLS, LETTERS = 200, 120


def test_nothing_is_lost_or_doubled_whatever_is_killed(ledger: SqlLedger, clock: ReplayClock) -> None:
    """The pusher repeats what was not answered; every reply is true."""
    chance = random.Random(7)
    queues, unanswered = Queues(), {f"{number}": 0 for number in range(LETTERS)}
    answered: dict[str, list[bool]] = defaultdict(list)
    kills = 0
    while unanswered or kills < KILLS:
        life = Life(chance.randint(1, 12) if kills < KILLS else None)
        office = intake(MortalLedger(ledger, life), clock)
        publishing = poller(MortalLedger(ledger, life), MortalBroker(queues, life), clock)
        try:
            for code in chance.sample(sorted(unanswered), min(2, len(unanswered))):
                unanswered[code] += 1
                (new,) = push(office, letters(code), key=code if int(code) % 2 else "")
                answered[code] += new
                if kills >= KILLS or chance.random() < 0.2:  # otherwise the reply gets lost on its way
                    del unanswered[code]
            publishing.poll(NEVER)
        except KilledError:
            kills += 1
        except Transient as error:
            assert is_killed(error)
            kills += 1
    poller(ledger, MortalBroker(queues, Life()), clock).poll(NEVER)
    assert ledger.received_count(SOURCE) == LETTERS
    assert len(queues.ids) == LETTERS
    without_key = [new for code, new in answered.items() if not int(code) % 2]
    assert all(not any(new[1:]) for new in without_key)
    assert all(all(new) for code, new in answered.items() if int(code) % 2)
    assert ledger.balance().faults == ()
    assert list(ledger.verify()) == []
    assert not ledger.unpublished_backlog(SOURCE).numbers
