"""Makes envelopes of a source's records, and batches of pages that come quickly one after the other."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from lienthong.envelope import EncodedData, Envelope, canonical_json, derive_id, digest
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
    - When the source raises an exception, the pages that came before are yielded first, then it is raised.
    """
    batch: PageBatch | None = None
    requested_at = batch_began = monotonic()
    try:
        for page in pages:
            now, arrived_at = clock.now(), monotonic()
            envelopes = [make_envelope(source, record, now) for record in page.records]
            if batch is None:
                batch_began = arrived_at
                batch = PageBatch(envelopes, page.cursor, page.more)
            else:
                batch = PageBatch([*batch.envelopes, *envelopes], page.cursor, page.more)
            is_slow = arrived_at - requested_at > QUICK_PAGE_SECONDS
            is_old = arrived_at - batch_began > MAX_BATCH_SECONDS
            if is_slow or is_old or len(batch.envelopes) >= MAX_BATCH_EVENTS:
                yield batch
                batch = None
            requested_at = monotonic()
    except Exception:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def make_envelope(source: str, record: Record, now: datetime) -> Envelope:
    """The envelope of a record that was received at `now`. Its id depends on the content alone, not on the time."""
    json = canonical_json(record.body)
    key = record.key.replace("\0", "\N{REPLACEMENT CHARACTER}")  # PostgreSQL's text cannot hold NUL
    return Envelope(
        id=derive_id(source, key, digest(json)),
        type=record.type,
        source=source,
        subject=key,
        time=now,
        received_at=now,
        data=EncodedData(json),
    )
