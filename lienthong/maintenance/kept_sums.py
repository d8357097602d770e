"""Keeps the sums of the ledger up to date while the bus works, and corrects what they show."""

import threading
from datetime import timedelta
from itertools import count

from lienthong.errors import Transient
from lienthong.ledger.records import KEPT_FROM
from lienthong.maintenance.corrections import Corrections
from lienthong.ports import Ledger
from lienthong.processing.outage_log import OutageLog

KEPT_EVERY = timedelta(minutes=1)
LOOK_EVERY = timedelta(seconds=10)
"""Where much was written meanwhile, sums are kept at this interval already."""


def keep_sums(ledger: Ledger, corrections: Corrections, stop: threading.Event) -> None:
    """Keep them at these intervals, and correct, until `stop` is set."""
    outage = OutageLog("ledger", task="sums")
    for look in count(1):
        if stop.wait(LOOK_EVERY.total_seconds()):
            return
        is_due = look % (KEPT_EVERY // LOOK_EVERY) == 0
        try:
            if not ledger.keep_sums(at_least=1 if is_due else KEPT_FROM) and not is_due:
                continue
            corrections.run()
            outage.note_success()
        except Transient as down:
            outage.note_failure(down.why)
