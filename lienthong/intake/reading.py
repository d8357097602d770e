"""One poll of a source as a sequence: what is left out because it was shown last, and what is not decided yet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from lienthong.envelope import Envelope
from lienthong.intake.page_batcher import MAX_BATCH_EVENTS, PageBatch
from lienthong.ledger.records import VersionKey
from lienthong.ports import Cursor

REMEMBERED_RECORDS = 10_000
"""The number of records whose latest content is kept in memory. A source that shows it again costs no transaction."""

MAX_HELD = 20_000
"""The number of records that are held until the poll shows more of them. Beyond it all of them are decided at once."""


class LatestContents:
    """By record, the content that the ledger has as its latest. Of a record without a key, whether it has the content.

    `counted` is the number of events of the source in the ledger. When another process has received more, what is
    remembered may be out of date and is forgotten.
    """

    def __init__(self) -> None:
        self._ids: dict[VersionKey, str] = {}
        self._counted = 0

    def begin(self, received_count: int) -> None:
        """Begin a poll: forget everything if another process has polled since."""
        if received_count != self._counted:
            self._ids.clear()
        self._counted = received_count

    def changed(self, envelopes: Sequence[Envelope]) -> set[VersionKey]:
        """The records that have another content among `envelopes` than the one remembered."""
        latest = self._ids
        return {key for envelope in envelopes if latest.get(key := _key(envelope)) != envelope.id}

    def remember(self, decided: Sequence[Envelope], received_count: int) -> None:
        """Remember committed records only: those of a failed transaction must be recorded next time."""
        self._ids.update({_key(envelope): envelope.id for envelope in decided})
        for key in list(islice(self._ids, max(0, len(self._ids) - REMEMBERED_RECORDS))):
            del self._ids[key]
        self._counted = received_count


@dataclass(frozen=True, slots=True)
class Part:
    """Records for one transaction, and the cursor that holds with it. `hold`: see `LedgerTransaction.receive`."""

    envelopes: Sequence[Envelope]
    cursor: Cursor
    hold: bool = True


class Reading:
    """One poll. `cursor` is the one in the ledger, `before` the number of events received before this poll."""

    def __init__(self, latest: LatestContents, cursor: Cursor, before: int) -> None:
        self.cursor = cursor
        self.before = before
        self.shown = 0
        self.ended_early = False
        self._latest = latest
        self._page_cursor = cursor
        self._held: dict[VersionKey, list[Envelope]] = {}
        latest.begin(before)

    @property
    def is_full(self) -> bool:
        """Whether so many records are held that they must be decided now."""
        return sum(map(len, self._held.values())) > MAX_HELD

    def part(self, batch: PageBatch) -> Part | None:
        """What is to be recorded of a batch; None when nothing of it is new and the cursor has not moved.

        A record of which anything changed is given with everything that this poll has shown of it and is not decided.
        While records are held, the cursor stays: after a crash they are read again.
        """
        self.shown += len(batch.envelopes)
        self.ended_early = batch.more
        self._page_cursor = batch.cursor
        changed = self._latest.changed(batch.envelopes)
        held = self._held
        if held:
            changed |= held.keys() & {_key(envelope) for envelope in batch.envelopes}
        cursor = self.cursor if held else batch.cursor
        if not changed and cursor == self.cursor:
            return None
        if not held and len(changed) == len(batch.envelopes):  # the usual case of a source that shows what is new
            return Part(batch.envelopes, cursor)
        earlier = [envelope for key in changed for envelope in held.pop(key, ())]
        return Part([*earlier, *(one for one in batch.envelopes if _key(one) in changed)], cursor)

    def rest(self) -> Iterator[Part]:
        """What is left at the end: everything that is held, decided by what was shown so far; and the cursor."""
        held, self._held = list(self._held.values()), {}
        if not held and self._page_cursor != self.cursor:
            yield Part((), self._page_cursor, hold=False)
        while held:
            envelopes: list[Envelope] = []
            while held and len(envelopes) < MAX_BATCH_EVENTS:
                envelopes += held.pop(0)
            yield Part(envelopes, self.cursor if held else self._page_cursor, hold=False)

    def recorded(self, part: Part, held: Sequence[Envelope], received_count: int) -> None:
        """Note that a part is committed, and which of its records are held."""
        for envelope in held:
            self._held.setdefault(_key(envelope), []).append(envelope)
        decided = [one for one in part.envelopes if _key(one) not in self._held] if held else part.envelopes
        self._latest.remember(decided, received_count)
        if not held:
            self.cursor = part.cursor


def _key(envelope: Envelope) -> VersionKey:
    """The key of the record; of one without a natural key its content, by which alone it is known."""
    return (envelope.type, envelope.subject) if envelope.subject else ("", envelope.id)
