"""Recording what a poll shows, so that a record which the database refuses costs itself alone."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace

import structlog

from lienthong.data.unreadable import UNREADABLE_KEY, unreadable_data
from lienthong.envelope import Envelope
from lienthong.errors import DataRefused
from lienthong.intake.reading import Part, Reading
from lienthong.intake.record_envelope import NO_TYPE, make_envelope
from lienthong.ledger.records import Received
from lienthong.messages import Message, message
from lienthong.ports import Ledger, Record

NO_NUMBERS = range(0)

log = structlog.get_logger(__name__)


class Receiver:
    """Records parts of a poll, each in one transaction with the cursor that holds then.

    A part that the database refuses is halved until the guilty record is alone. It is then received without its natural
    key, as data that could not be read, and dies at its route. `recorded`, `who`, `unique`: see
    `LedgerTransaction.receive`.
    """

    def __init__(
        self,
        source: str,
        routes: tuple[str, ...],
        *,
        ledger: Ledger,
        recorded: bool,
        who: str = "",
        unique: bool = False,
    ) -> None:
        self._source = source
        self._routes = routes
        self._ledger = ledger
        self._recorded = recorded
        self._who = who
        self._unique = unique

    def receive(self, part: Part, published: range, reading: Reading) -> Iterator[Received]:
        """What was recorded, usually once. `published`: the numbers to mark in the first transaction.

        Raises `DataRefused` when the database refuses even what is left of a record, or the cursor.
        """
        waiting = deque([part])
        while waiting:
            one = waiting.popleft()
            try:
                received = self._receive(one, published, reading)
            except DataRefused as refused:
                smaller = self._smaller(one, refused, reading)
                if not smaller:
                    raise
                waiting.extendleft(reversed(smaller))
                continue
            published = NO_NUMBERS
            yield received

    def _receive(self, part: Part, published: range, reading: Reading) -> Received:
        with self._ledger.transaction() as transaction:
            if published:
                transaction.mark_published(self._source, published)
            received = transaction.receive(
                part.envelopes,
                source=self._source,
                to=self._routes,
                cursor=part.cursor,
                before=reading.before,
                hold=part.hold,
                recorded=self._recorded,
                who=self._who,
                unique=self._unique,
            )
        reading.recorded(part, received.held, received.numbers.stop - 1)
        return received

    def _smaller(self, part: Part, refused: DataRefused, reading: Reading) -> Sequence[Part]:
        """Two halves, the first with the cursor that holds already; or what is left of a single record."""
        count = len(part.envelopes)
        if count > 1:
            first = replace(part, envelopes=part.envelopes[: count // 2], cursor=reading.cursor)
            return [first, replace(part, envelopes=part.envelopes[count // 2 :])]
        left = [kept for envelope in part.envelopes if (kept := _left_of(envelope, refused))]
        for envelope in left:
            log.error("the database refuses a record", source=self._source, event_id=envelope.id, why=str(refused))
        return [replace(part, envelopes=left)] if left else []


def _left_of(envelope: Envelope, refused: DataRefused) -> Envelope | None:
    """A refused record without its key, then without anything of its own; None when this was refused, too."""
    if envelope.type == NO_TYPE and not envelope.subject:
        return None
    why: Message = message("the database refuses the record: {error}", error=str(refused))
    data = envelope.data_dict()
    if UNREADABLE_KEY in data or not envelope.subject:
        record = Record(NO_TYPE, "", unreadable_data(why))
    else:
        record = Record(envelope.type, "", unreadable_data(why, kept=data))
    left = make_envelope(envelope.source, record, envelope.received_at)
    return left._replace(trace=envelope.trace, tracestate=envelope.tracestate)
