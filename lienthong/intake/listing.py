"""Records that disappear at a source which shows everything at each poll: they are marked, never deleted."""

from collections.abc import Iterator, Sequence

import structlog

from lienthong.data.event_ids import ABSENT
from lienthong.envelope import Envelope
from lienthong.intake.page_batcher import MAX_BATCH_EVENTS
from lienthong.intake.reading import Part, Reading
from lienthong.intake.record_envelope import make_envelope
from lienthong.ledger.records import VersionKey, version_key
from lienthong.ports import Clock, Ledger, Record

FEW_RECORDS = 10
"""Up to this number any records may be gone at once. Beyond it, no more than half of all."""

log = structlog.get_logger(__name__)


class Listing:
    """What one source showed at its last whole poll; see `lists_everything` in a source's file.

    - A record that the ledger has and that a whole poll does not show becomes a new version of itself: its last content
      with `"lienthong:absent": true`. When the source shows it again, that is a return.
    - A poll that shows nothing lists nothing: a folder without a new file, an empty reply. Neither does one with a
      record without a key, which may be the one that is missed. When more than half of the records are gone at once, a
      cut-off file or a wrong filter is the likelier reason: nothing is marked, and it is logged when it begins.
    """

    def __init__(self, source: str, ledger: Ledger, clock: Clock, *, is_whole: bool) -> None:
        """`is_whole`: whether the source shows everything at each poll. Of another source nothing is noted."""
        self._is_whole = is_whole
        self._source = source
        self._ledger = ledger
        self._clock = clock
        self._present: set[VersionKey] | None = None  # None: to be read from the ledger
        self._received_count = -1
        self._shown: set[VersionKey] = set()
        self._is_cut = False  # whether the last whole poll showed too few records

    def begin(self, received_count: int) -> None:
        """A poll begins. If another process has received events since, what this one knows is out of date."""
        if received_count != self._received_count:
            self._present = None
        self._shown = set()

    def note(self, envelopes: Sequence[Envelope]) -> None:
        """The poll shows these records."""
        if self._is_whole:
            self._shown.update(map(version_key, envelopes))

    def absent(self, reading: Reading) -> Iterator[Part]:
        """The marks of the records that the poll, which was a whole one, has not shown."""
        shown = self._shown
        if reading.ended_early or not shown or not all(subject for _, subject in shown):
            return
        present = set(self._ledger.present_records(self._source)) if self._present is None else self._present
        self._present = None  # until what follows is recorded
        gone = sorted(present - shown)
        self._note_cut(len(gone) if len(gone) > max(FEW_RECORDS, len(present) // 2) else 0)
        if self._is_cut:
            shown = shown | present
            gone = []
        for start in range(0, len(gone), MAX_BATCH_EVENTS):
            marks = [mark for key in gone[start : start + MAX_BATCH_EVENTS] if (mark := self._mark(key))]
            yield Part(marks, reading.cursor, hold=False)
        self._present, self._received_count = shown, self._ledger.received_count(self._source)

    def _note_cut(self, gone: int) -> None:
        """`gone`: how many records are missed, when they are too many. It is logged when it begins and when it ends."""
        if gone and not self._is_cut:
            log.error("most records of the source are gone; not marked", source=self._source, gone=gone)
        elif self._is_cut and not gone:
            log.info("the source shows most of its records again", source=self._source)
        self._is_cut = gone > 0

    def _mark(self, key: VersionKey) -> Envelope | None:
        kind, subject = key
        latest = self._ledger.latest_version(self._source, key)
        if latest is None:
            return None
        record = Record(kind, subject, {**latest.data_dict(), ABSENT: True})
        return make_envelope(self._source, record, self._clock.now())
