"""The contract of every ledger's leases."""

import subprocess
import sys
import threading

from sqlalchemy import Engine

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.ledger import SqlLedger


def test_a_lease_has_one_holder_at_a_time(ledger: SqlLedger, database: Engine, clock: ReplayClock) -> None:
    other = SqlLedger(database, clock)
    with ledger.lease("source.igate") as first, other.lease("source.igate") as second, other.lease("x") as third:
        assert (first, second, third) == (True, False, True)
    with other.lease("source.igate") as again:
        assert again


HOLD = """
import sys
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.leases import lease
with lease(open_database(sys.argv[1]), "source.igate") as acquired:
    print(acquired, flush=True)
    sys.stdin.read()
"""


def test_a_lease_ends_with_the_process_that_is_killed(ledger: SqlLedger, database: Engine) -> None:
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", HOLD, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        with ledger.lease("source.igate") as acquired:
            assert not acquired
        holder.kill()
    assert _becomes_free(ledger, "source.igate")


def _becomes_free(ledger: SqlLedger, name: str) -> bool:
    """Whether the lease becomes free: a server needs a moment to notice that its client is dead."""
    for _ in range(1_000):
        with ledger.lease(name) as acquired:
            if acquired:
                return True
        threading.Event().wait(0.01)
    return False
