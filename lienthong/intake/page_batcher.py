"""What arrives from a source: records become envelopes, and pages that come quickly are taken together."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from lienthong.envelope import EncodedData, Envelope, canonical_json, derive_id, digest
from lienthong.ports import Clock, Cursor, Page, Record

MAX_BATCH_EVENTS = 500
"""Records from which on no further page is waited for."""

QUICK_PAGE_SECONDS = 0.05
"""Seconds within which a page must have come for the next one to be waited for."""

MAX_HOLD_SECONDS = 0.5
"""Seconds after which what came first is given, however quickly others follow."""


@dataclass(frozen=True, slots=True)
class PageBatch:
    """What one or more pages held, and the cursor that is true once all of it is safely recorded."""

    envelopes: Sequence[Envelope]
    cursor: Cursor


def batch_pages(
    source: str, pages: Iterable[Page], clock: Clock, *, moment: Callable[[], float] = time.monotonic
) -> Iterator[PageBatch]:
    """The pages of `source`, several at once while they come quickly.

    What has come is given even if the source fails then; its error follows. A page that is slow holds up those before
    it once: after it no other is waited for.
    """
    held: PageBatch | None = None
    asked = since = moment()
    try:
        for page in pages:
            now, came = clock.now(), moment()
            arrived = [make_envelope(source, record, now) for record in page.records]
            if held is None:
                since = came
            held = PageBatch([*held.envelopes, *arrived] if held else arrived, page.cursor)
            if (
                len(held.envelopes) >= MAX_BATCH_EVENTS
                or came - asked > QUICK_PAGE_SECONDS
                or came - since > MAX_HOLD_SECONDS
            ):
                yield held
                held = None
            asked = moment()
    except Exception:
        if held:
            yield held
        raise
    if held:
        yield held


def make_envelope(source: str, record: Record, now: datetime) -> Envelope:
    """The envelope of a record as it was seen at `now`: its id is what it says, whenever that is seen."""
    written = canonical_json(record.body)
    key = record.key.replace("\0", "\N{REPLACEMENT CHARACTER}")  # PostgreSQL's text cannot hold NUL
    return Envelope(
        id=derive_id(source, key, digest(written)),
        type=record.type,
        source=source,
        subject=key,
        time=now,
        received_at=now,
        data=EncodedData(written),
    )
