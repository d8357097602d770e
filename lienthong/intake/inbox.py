"""What is pushed to an inbox: read by its class, and received in one transaction with what others push just then."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import structlog

from lienthong.envelope import Envelope
from lienthong.errors import BrokenInbox, DataRefused, Rejected, Transient, Unauthenticated, pass_interrupt_on
from lienthong.intake.pushes import Answer, Push, Pushed, apart, records_of, sound_reply
from lienthong.intake.reading import LatestContents, Part
from lienthong.intake.reading import Reading as Poll
from lienthong.intake.receiving import NO_NUMBERS, Receiver
from lienthong.intake.record_envelope import make_envelope
from lienthong.intake.room import Room
from lienthong.messages import format_number, message
from lienthong.ports import (
    Clock,
    Inbox,
    KeptReply,
    Ledger,
    LedgerTransaction,
    PushReplies,
    ReplyKey,
)
from lienthong.settings import InboxSettings

ATTEMPTS = 3
"""How often a transaction is tried that another process disturbed."""

log = structlog.get_logger(__name__)

T = TypeVar("T")


class InboxIntake:
    """The intake of one inbox. Any number of threads and processes may use it."""

    def __init__(
        self,
        settings: InboxSettings,
        inbox: Inbox,
        routes: tuple[str, ...],
        *,
        ledger: Ledger,
        replies: PushReplies,
        clock: Clock,
    ) -> None:
        self.settings = settings
        self.source = settings.source
        self._inbox = inbox
        self._routes = routes
        self._ledger = ledger
        self._replies = replies
        self._clock = clock
        self._room = Room(settings, ledger)

    def read(self, push: Push) -> Pushed:
        """What a push holds; nothing is written.

        Raises `Rejected`, a group of them, `Unauthenticated` and `Transient` as the inbox does, and `BrokenInbox` for
        whatever else comes of it: a mistake in its class costs this push alone.
        """
        try:
            receipt = self._inbox.receive(push.body, push.headers)
            records = records_of(receipt)
            reply = receipt.reply if callable(receipt.reply) else sound_reply(receipt.reply)
        except (Rejected, Unauthenticated, Transient, BrokenInbox):
            raise
        except RecursionError:
            raise Rejected(message("the body is nested too deeply")) from None
        except BaseException as error:  # the project's own code may raise anything
            if isinstance(error, ExceptionGroup) and error.split(Rejected)[1] is None:
                raise
            pass_interrupt_on(error)
            log.exception("undeclared error of an inbox", inbox=self.settings.name)
            raise BrokenInbox(type(error).__name__) from error
        if len(records) > self.settings.max_records:
            limit = format_number(self.settings.max_records)
            raise Rejected(message("a push holds at most {limit} records", limit=limit))
        now = self._clock.now()
        envelopes = [make_envelope(self.source, record, now) for record in records]
        if trace := push.trace:
            envelopes = [one if one.trace else one._replace(trace=trace[0], tracestate=trace[1]) for one in envelopes]
        return Pushed(push, envelopes, reply, receipt.unique)

    def record(self, pushes: Sequence[Pushed]) -> Sequence[Answer]:
        """Receive pushes in one transaction; the answers hold once this returns.

        What the database refuses of one push costs no other: then each is received alone. Raises `Transient`. What was
        recorded before it is known when its pusher repeats it.
        """
        self._room.require()
        try:
            answers = undisturbed(lambda: self._receive_together(pushes))
        except DataRefused:
            answers = [self._receive_alone(one) for one in pushes]
        self._room.fill(sum(answer.new for answer in answers))
        return answers

    def _receive_together(self, pushes: Sequence[Pushed]) -> Sequence[Answer]:
        with self._ledger.transaction() as transaction:
            return [answer for group in apart(pushes) for answer in self._receive(group, transaction)]

    def _receive_alone(self, pushed: Pushed) -> Answer:
        try:
            (answer,) = undisturbed(lambda: self._receive_together([pushed]))
        except DataRefused:
            return self._receive_in_parts(pushed)
        return answer

    def _receive(self, group: Sequence[Pushed], transaction: LedgerTransaction) -> Sequence[Answer]:
        """Pushes of one client that have no record and no key in common."""
        keys = [self._key(pushed) for pushed in group]
        kept = self._replies.find([key for key in keys if key.key], transaction)
        first = [pushed for key, pushed in zip(keys, group, strict=True) if key not in kept]
        envelopes = [envelope for pushed in first for envelope in pushed.envelopes]
        new: frozenset[int] = frozenset()
        if envelopes:
            received = transaction.receive(
                envelopes,
                source=self.source,
                to=self._routes,
                cursor={},
                who=group[0].push.client,
                unique=group[0].unique,
            )
            new = _identities(received.fresh)
        answers = [
            _repeated(pushed, kept[key]) if key in kept else self._answer(pushed, new)
            for key, pushed in zip(keys, group, strict=True)
        ]
        self._keep(group, answers, transaction)
        return answers

    def _keep(self, group: Sequence[Pushed], answers: Sequence[Answer], transaction: LedgerTransaction) -> None:
        """Keep the replies of what was received now. A reply about nothing is not kept: it may be that of a fault."""
        replies = {
            self._key(pushed): KeptReply(pushed.push.digest, answer.reply)
            for pushed, answer in zip(group, answers, strict=True)
            if pushed.push.key and pushed.envelopes and answer.reply and not answer.is_kept
        }
        self._replies.keep(replies, self._clock.now(), transaction)

    def _key(self, pushed: Pushed) -> ReplyKey:
        return ReplyKey(self.settings.name, pushed.push.client, pushed.push.key)

    def _receive_in_parts(self, pushed: Pushed) -> Answer:
        """A push of which the database refuses a record: the others are received as they are, see `Receiver`."""
        receiver = Receiver(
            self.source,
            self._routes,
            ledger=self._ledger,
            recorded=False,
            who=pushed.push.client,
            unique=pushed.unique,
        )
        fresh: list[Envelope] = []

        def receive() -> None:
            poll = Poll(LatestContents(), {}, self._ledger.received_count(self.source))
            for received in receiver.receive(Part(pushed.envelopes, {}, hold=False), NO_NUMBERS, poll):
                fresh.extend(received.fresh)

        undisturbed(receive)  # what an attempt has recorded stays new, although the next one finds it there
        answer = self._answer(pushed, _identities(fresh))
        with self._ledger.transaction() as transaction:
            self._keep([pushed], [answer], transaction)
        return answer

    def _answer(self, pushed: Pushed, new: frozenset[int]) -> Answer:
        are_new = [id(envelope.data) in new for envelope in pushed.envelopes]
        try:
            reply = sound_reply(pushed.reply(are_new) if callable(pushed.reply) else pushed.reply)
        except Exception:
            log.exception("an inbox failed to make its reply", inbox=self.settings.name)
            reply = None
        return Answer(reply, sum(are_new))


def undisturbed(attempt: Callable[[], T]) -> T:
    """The result of a transaction, tried again when another process was in its way.

    Around a single transaction, so that an attempt that failed has recorded nothing: its reply would be untrue.
    """
    for left in reversed(range(ATTEMPTS)):
        try:
            return attempt()
        except Transient as error:
            if error.outage or error.after or not left:
                raise
    raise AssertionError


def _identities(envelopes: Sequence[Envelope]) -> frozenset[int]:
    """Which records became these events: an event keeps the very data of its record, whatever its id has become."""
    return frozenset(id(envelope.data) for envelope in envelopes)


def _repeated(pushed: Pushed, kept: KeptReply) -> Answer:
    is_same = kept.digest == pushed.push.digest
    return Answer(kept.reply if is_same else None, is_kept=True, is_other=not is_same)
