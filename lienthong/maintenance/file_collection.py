"""Collects bodies of files that nothing names any more: what uploads left that were refused, or broke off.

A body is collected when no upload has named it for `age`, no open event and no dead letter has its digest, and the
project's own rows do not name it. These are asked in this order: an event that was open a moment ago is in the rows by
then. One process at a time collects. A process may be killed at any moment: a body goes after the decision on it is
committed, and its note goes last.
"""

import re
import threading
import time
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

import structlog

from lienthong.envelope import Envelope
from lienthong.errors import Transient
from lienthong.ports import DIGEST, Clock, FileNames, Files, KeptBy, Ledger
from lienthong.processing.outage_log import OutageLog

FIRST, EVERY = timedelta(minutes=5), timedelta(hours=1)
"""When it is looked for bodies that nothing names, for the first time and from then on."""

ADOPT_EVERY = timedelta(days=1)
"""How often it is looked for bodies without a note: those of a restored database, or put there by hand."""

DRAFTS_AGE = timedelta(days=1)
"""What is left of an upload after this time will never be continued."""

HELD_UP = timedelta(minutes=2)
"""After such a time it is too late to remove a body: uploads of it are refused for five minutes, and a store may take
more than two to answer."""

PAGE, MOST = 500, 20_000
"""Bodies that are asked for together, and those that one run looks at."""

LEASE = "files.collection"

_NAMED = re.compile(DIGEST.pattern.encode())

log = structlog.get_logger(__name__)


class Collected(NamedTuple):
    """What one run did: bodies that were removed, bodies that are in use, notes made, drafts removed."""

    removed: int = 0
    in_use: int = 0
    adopted: int = 0
    drafts: int = 0


class FileCollection:
    """Collects the orphans of one project. `kept_by`: what its rows name; None: then no body is removed.

    - `run` is one run. It raises `Transient`, and what `kept_by` raises: then nothing more is removed.
    - `serve` runs now and then, until `stop` is set.
    """

    name = "files"

    def __init__(
        self, files: Files, names: FileNames, kept_by: KeptBy | None, *, ledger: Ledger, clock: Clock, age: timedelta
    ) -> None:
        self._files = files
        self._names = names
        self._kept_by = kept_by
        self._ledger = ledger
        self._clock = clock
        self._age = age
        self._adopt_at = 0.0

    def serve(self, stop: threading.Event) -> None:
        outage = OutageLog("ledger or files", task="collection of files")
        pause = FIRST
        while not stop.wait(pause.total_seconds()):
            pause = EVERY
            try:
                done = self.run()
                outage.note_success()
                if done.removed or done.drafts:
                    log.info("files that nothing names were collected", removed=done.removed, drafts=done.drafts)
            except Transient as down:
                outage.note_failure(down.why)
            except Exception as error:
                log.exception("files cannot be collected", error=type(error).__name__)

    def run(self) -> Collected:
        drafts = self._files.sweep(self._clock.now() - DRAFTS_AGE)  # each machine has drafts of its own
        with self._ledger.lease(LEASE) as ours:
            if not ours:
                return Collected(drafts=drafts)
            adopted = self._adopt()
            removed, in_use = self._collect(self._kept_by) if self._kept_by else (0, 0)
            return Collected(removed, in_use, adopted, drafts)

    def _adopt(self) -> int:
        """Note the bodies that have no note. Their age begins now."""
        if time.monotonic() < self._adopt_at:
            return 0
        found, count = self._files.walk(), 0
        while page := list(islice(found, PAGE)):
            count += self._names.adopt(page, self._clock.now())
        self._adopt_at = time.monotonic() + ADOPT_EVERY.total_seconds()
        return count

    def _collect(self, kept_by: KeptBy) -> tuple[int, int]:
        before, removed, in_use = self._clock.now() - self._age, 0, 0
        page = self._names.unnamed_since(before, PAGE)
        waiting = self._named_by_events() if page else frozenset()
        while page and removed + in_use < MOST:
            used = waiting | self._names.in_use(page, kept_by)
            gone = [digest for digest in page if digest not in used and self._remove(digest, before, kept_by)]
            self._names.renew(sorted(set(page) - set(gone)), self._clock.now())
            removed, in_use = removed + len(gone), in_use + len(page) - len(gone)
            page = self._names.unnamed_since(before, PAGE)
        return removed, in_use

    def _remove(self, digest: str, before: datetime, kept_by: KeptBy) -> bool:
        """Remove a body, if nothing names it still. False when it stays.

        No transaction is open while the store is asked: it may take minutes. Uploads of the same bytes are refused for
        longer than that, unless this process was held up meanwhile.
        """
        began = self._clock.now()
        if not self._names.begin_deletion(digest, before=before, now=began, kept_by=kept_by):
            return False
        if self._clock.now() - began > HELD_UP:
            return False
        self._files.delete(digest)
        self._names.end_deletion(digest, before=before)
        return True

    def _named_by_events(self) -> frozenset[str]:
        """The digests in events that are open, and in dead letters, which may be replayed.

        Letters are read before and after: an event may be replayed, or die, while what is open is read.
        """
        found = set(_digests(letter.envelope for letter in self._ledger.letters()))
        for item in self._ledger.open_items():
            found.update(_digests(each for each in (item.raw, item.edited) if each is not None))
        found.update(_digests(letter.envelope for letter in self._ledger.letters()))
        return frozenset(found)


def _digests(envelopes: Iterable[Envelope]) -> Sequence[str]:
    return [found.decode() for one in envelopes for found in _NAMED.findall(one.data_json())]
