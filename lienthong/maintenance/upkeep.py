"""What a running process does beside its work, on durable queues: keep the witness, and look for lost events."""

import threading
import time
from collections.abc import Callable

import structlog

from lienthong.errors import Transient
from lienthong.maintenance.busy_stages import BusyStages
from lienthong.maintenance.reconciliation import Reconciliation
from lienthong.maintenance.restoration import RestorationWatch

KEEP_SECONDS = 1.0
"""Between two looks at how far the ledger has come: a restoration to a state older than this is noticed."""

RECONCILE_SECONDS = 60.0
"""Between two looks for lost events, at most. A shorter margin of the reconciliation makes it shorter."""

LAST_SECONDS = 2.0
"""How long the end of the process waits for the last witness."""

log = structlog.get_logger(__name__)


class Upkeep:
    """`run` is the work of one thread. Nothing that goes wrong in it ends the process."""

    def __init__(self, watch: RestorationWatch, reconciliation: Reconciliation, busy: BusyStages) -> None:
        self.watch = watch
        self.reconciliation = reconciliation
        self._busy = busy

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set."""
        pause = min(RECONCILE_SECONDS, self.reconciliation.margin.total_seconds())
        due = time.monotonic() + pause
        while not stop.wait(KEEP_SECONDS):
            _attempt(self.watch.keep)
            _attempt(self._busy.hold)
            if time.monotonic() >= due:
                _attempt(lambda: self.reconciliation.run(stop))
                due = time.monotonic() + pause
        _attempt(self._busy.release)

    def finish(self) -> None:
        """Keep the last witness. A broker that does not answer does not hold up the end."""
        last = threading.Thread(target=_attempt, args=(self.watch.keep,), daemon=True)
        last.start()
        last.join(LAST_SECONDS)


def _attempt(work: Callable[[], object]) -> None:
    try:
        work()
    except Transient as down:
        log.warning("upkeep waits: ledger or broker does not answer", why=down.why)
    except Exception:
        log.exception("undeclared error of the upkeep")
