"""Makes batches of envelopes of pages that come quickly one after the other."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lienthong.data.sound_data import writable
from lienthong.envelope import Envelope
from lienthong.errors import BrokenSource
from lienthong.intake.record_envelope import make_envelope
from lienthong.messages import message
from lienthong.ports import Clock, Cursor, Page, Record

MAX_BATCH_EVENTS = 500
"""The number of events at which a batch is complete."""

QUICK_PAGE_SECONDS = 0.05
"""How soon a page must come so that the batch waits for the next one."""

MAX_BATCH_SECONDS = 0.5
"""The age of a batch, from its first page, at which it is complete, however quickly the pages come."""


@dataclass(frozen=True, slots=True)
class PageBatch:
    """The envelopes of one or more pages, and the cursor that holds once all of them are recorded.

    `more`: the source ends here although it has more to show.
    """

    envelopes: Sequence[Envelope]
    cursor: Cursor
    more: bool = False


def batch_pages(
    source: str, pages: Iterable[Page], clock: Clock, *, monotonic: Callable[[], float] = time.monotonic
) -> Iterator[PageBatch]:
    """The pages of `source` in batches.

    - A page that comes slowly completes the batch, so that earlier pages wait for a slow page once at most.
    - When the source raises an exception, the pages that came before are yielded first, then it is raised. Raises
      `BrokenSource` for what is no page: records that are no sequence, or a cursor that the ledger cannot keep.
    """
    batch: PageBatch | None = None
    requested_at = batch_began = monotonic()
    try:
        for page in pages:
            now, arrived_at = clock.now(), monotonic()
            records, cursor = _parts(page)
            envelopes = [make_envelope(source, record, now) for record in records]
            if batch is None:
                batch_began = arrived_at
                batch = PageBatch(envelopes, cursor, page.more)
            else:
                batch = PageBatch([*batch.envelopes, *envelopes], cursor, page.more)
            is_slow = arrived_at - requested_at > QUICK_PAGE_SECONDS
            is_old = arrived_at - batch_began > MAX_BATCH_SECONDS
            if is_slow or is_old or len(batch.envelopes) >= MAX_BATCH_EVENTS:
                yield batch
                batch = None
            requested_at = monotonic()
    except GeneratorExit:  # the pages are read no further
        raise
    except BaseException:  # a source may raise anything; the poller judges it
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _parts(page: Page) -> tuple[Iterable[Record], Cursor]:
    """The records and the cursor of a page, which a source may have made of anything."""
    try:
        records, cursor = page.records, page.cursor
    except AttributeError:
        raise BrokenSource(message("the source gave {kind} in place of a page", kind=type(page).__name__)) from None
    if isinstance(records, str | bytes | Mapping) or not isinstance(records, Iterable):
        raise BrokenSource(message("the records of a page are no list: {kind}", kind=type(records).__name__))
    sound, fault = writable(cursor) if isinstance(cursor, Mapping) else ({}, None)
    if fault:
        raise BrokenSource(message("the cursor of a page cannot be kept: {why}", why=fault.why))
    if not isinstance(cursor, Mapping):
        raise BrokenSource(message("the cursor of a page is no object: {kind}", kind=type(cursor).__name__))
    return records, sound
