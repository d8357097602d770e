"""What is pushed to an inbox: read by its class, and received in one transaction with what others push just then."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from lienthong.envelope import Envelope
from lienthong.errors import BrokenInbox, DataRefused, Rejected, Transient, Unauthenticated, pass_interrupt_on
from lienthong.intake.reading import LatestContents, Part
from lienthong.intake.reading import Reading as Poll
from lienthong.intake.receiving import NO_NUMBERS, Receiver
from lienthong.intake.record_envelope import make_envelope
from lienthong.ledger.records import version_key
from lienthong.messages import format_number, message
from lienthong.ports import Clock, Inbox, Ledger, LedgerTransaction, Receipt, Record, Reply, ReplyFor
from lienthong.settings import InboxSettings

LOOK_SECONDS = 1.0
"""How long a count of what is not published yet is relied on."""

NO_ROOM_WAIT = timedelta(seconds=30)
"""When to push again what there was no room for."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Push:
    """One push as it came. `headers` by lower-case name. `client` is "" where the wire itself states who pushes."""

    body: bytes
    headers: Mapping[str, str]
    client: str = ""


@dataclass(frozen=True, slots=True)
class Pushed:
    """A push that was read: the events it would be, and its reply."""

    push: Push
    envelopes: Sequence[Envelope]
    reply: Reply | ReplyFor


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply to a push whose records are in the ledger, and how many of them were `new`.

    `reply` is None where the class of the inbox failed to make it; the log states how.
    """

    reply: Reply | None
    new: int = 0


class InboxIntake:
    """The intake of one inbox. Any number of threads and processes may use it."""

    def __init__(
        self, settings: InboxSettings, inbox: Inbox, routes: tuple[str, ...], *, ledger: Ledger, clock: Clock
    ) -> None:
        self.settings = settings
        self.source = settings.source
        self._inbox = inbox
        self._routes = routes
        self._ledger = ledger
        self._clock = clock
        self._room = Room(settings, ledger)

    def read(self, push: Push) -> Pushed:
        """What a push holds; nothing is written.

        Raises `Rejected`, `Unauthenticated` and `Transient` as the inbox does, and `BrokenInbox` for whatever else
        comes of it: a mistake in its class costs this push alone.
        """
        try:
            receipt = self._inbox.receive(push.body, push.headers)
            records = _records(receipt)
            reply = receipt.reply if callable(receipt.reply) else sound_reply(receipt.reply)
        except (Rejected, Unauthenticated, Transient, BrokenInbox):
            raise
        except RecursionError:
            raise Rejected(message("the body is nested too deeply")) from None
        except BaseException as error:  # the project's own code may raise anything
            pass_interrupt_on(error)
            log.exception("undeclared error of an inbox", inbox=self.settings.name)
            raise BrokenInbox(type(error).__name__) from error
        if len(records) > self.settings.max_records:
            limit = format_number(self.settings.max_records)
            raise Rejected(message("a push holds at most {limit} records", limit=limit))
        now = self._clock.now()
        return Pushed(push, [make_envelope(self.source, record, now) for record in records], reply)

    def record(self, pushes: Sequence[Pushed]) -> Sequence[Answer]:
        """Receive pushes in one transaction; the answers hold once this returns.

        What the database refuses of one push costs no other. Raises `Transient`; then nothing is recorded.
        """
        self._room.require()
        try:
            with self._ledger.transaction() as transaction:
                answers = [answer for group in apart(pushes) for answer in self._receive(group, transaction)]
        except DataRefused:
            if len(pushes) > 1:
                return [answer for one in pushes for answer in self.record([one])]
            answers = [self._receive_in_parts(pushes[0])]
        self._room.fill(sum(answer.new for answer in answers))
        return answers

    def _receive(self, group: Sequence[Pushed], transaction: LedgerTransaction) -> Iterator[Answer]:
        """Pushes of one client that have no record in common."""
        envelopes = [envelope for pushed in group for envelope in pushed.envelopes]
        new: frozenset[int] = frozenset()
        if envelopes:
            who = group[0].push.client
            received = transaction.receive(envelopes, source=self.source, to=self._routes, cursor={}, who=who)
            new = _identities(received.fresh)
        yield from (self._answer(pushed, new) for pushed in group)

    def _receive_in_parts(self, pushed: Pushed) -> Answer:
        """A push of which the database refuses a record: the others are received as they are, see `Receiver`."""
        receiver = Receiver(self.source, self._routes, ledger=self._ledger, recorded=False)
        poll = Poll(LatestContents(), {}, self._ledger.received_count(self.source))
        fresh: list[Envelope] = []
        for received in receiver.receive(Part(pushed.envelopes, {}, hold=False), NO_NUMBERS, poll):
            fresh += received.fresh
        return self._answer(pushed, _identities(fresh))

    def _answer(self, pushed: Pushed, new: frozenset[int]) -> Answer:
        are_new = [id(envelope.data) in new for envelope in pushed.envelopes]
        try:
            reply = sound_reply(pushed.reply(are_new) if callable(pushed.reply) else pushed.reply)
        except Exception:
            log.exception("an inbox failed to make its reply", inbox=self.settings.name)
            reply = None
        return Answer(reply, sum(are_new))


class Room:
    """How much may wait for the queues. Pushes are received while the broker is down, but not without end."""

    def __init__(
        self, settings: InboxSettings, ledger: Ledger, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._ledger = ledger
        self._monotonic = monotonic
        self._looked_at = -LOOK_SECONDS
        self._waiting = 0

    def require(self) -> None:
        """Raise `Transient` while too many events are not published yet."""
        now = self._monotonic()
        if now - self._looked_at >= LOOK_SECONDS:
            self._waiting = self._ledger.unpublished_count(self._settings.source)
            self._looked_at = now
        if self._waiting >= self._settings.room:
            why = message("{count} events wait to be published", count=format_number(self._waiting))
            raise Transient(why, after=NO_ROOM_WAIT, outage=False)

    def fill(self, new: int) -> None:
        """Note that there are new events."""
        self._waiting += new


def apart(pushes: Sequence[Pushed]) -> Iterator[Sequence[Pushed]]:
    """The pushes in groups, in their order. Two of a group are of one client and have no record in common.

    What two pushes show of one record is a sequence of its versions; within one push it may be a repetition of what
    was shown before (see `lienthong.ledger.versions`).
    """
    group: list[Pushed] = []
    keys: set[object] = set()
    for pushed in pushes:
        shown = {version_key(envelope) if envelope.subject else envelope.id for envelope in pushed.envelopes}
        if group and (pushed.push.client != group[0].push.client or keys & shown):
            yield group
            group, keys = [], set()
        group.append(pushed)
        keys |= shown
    if group:
        yield group


def sound_reply(reply: object) -> Reply:
    """The reply, which can be sent. Raises `BrokenInbox` for one that cannot."""
    if not isinstance(reply, Reply):
        raise BrokenInbox(f"{type(reply).__name__} in place of a reply")
    if type(reply.status) is not int or not 200 <= reply.status <= 599 or not isinstance(reply.body, bytes):
        raise BrokenInbox(f"a reply with status {reply.status!r} and a body of type {type(reply.body).__name__}")
    for text in (reply.content_type, *reply.headers, *reply.headers.values()):
        if not isinstance(text, str) or not text.isprintable() or not text.isascii():
            raise BrokenInbox("a header that HTTP cannot carry")
    return reply


def _records(receipt: Receipt) -> Sequence[Record]:
    if not isinstance(receipt, Receipt) or not isinstance(receipt.records, Sequence):
        raise BrokenInbox(f"{type(receipt).__name__} in place of a receipt")
    return receipt.records


def _identities(envelopes: Sequence[Envelope]) -> frozenset[int]:
    """Which records became these events: an event keeps the very data of its record, whatever its id has become."""
    return frozenset(id(envelope.data) for envelope in envelopes)
