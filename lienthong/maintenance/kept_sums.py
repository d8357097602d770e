"""Keeps the sums of the ledger up to date while the bus works, and corrects what they show."""

import threading
from datetime import timedelta

from lienthong.errors import Transient
from lienthong.maintenance.corrections import Corrections
from lienthong.ports import Ledger
from lienthong.processing.outage_log import OutageLog

KEPT_EVERY = timedelta(minutes=1)
"""How much of the work of a busy bus a balance has to add up at most."""


def keep_sums(ledger: Ledger, corrections: Corrections, stop: threading.Event) -> None:
    """Keep them at this interval, and correct, until `stop` is set."""
    outage = OutageLog("ledger", task="sums")
    while not stop.wait(KEPT_EVERY.total_seconds()):
        try:
            ledger.keep_sums()
            corrections.run()
            outage.note_success()
        except Transient as down:
            outage.note_failure(down.why)
