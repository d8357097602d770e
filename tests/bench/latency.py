"""From intake to stored while events come steadily. Prints one JSON line: milliseconds of 50 and of 99 of 100 events.

    python -m tests.bench.latency SECONDS [EVENTS_A_SECOND]

One process with every role polls a source ten times a second. An event's time begins when the intake sees it, and ends
when PostgreSQL has committed its row of the data store, by the server's own record of the commit.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import text

from tests.bench.deployment import Deployment, deploy
from tests.bench.servers import Servers, servers
from tests.bench.watching import STUCK, Figures, working

EVERY = "100ms"
WARM = 2.0
"""Seconds at the beginning that do not count: connections are made, code is read."""

_TOOK = """
WITH stored AS (
    SELECT observed_at::timestamptz AS seen, pg_xact_commit_timestamp(xmin) AS at FROM store_dossiers),
took AS (
    SELECT 1000 * extract(epoch FROM at - seen)::float AS ms FROM stored
    WHERE seen >= (SELECT min(seen) FROM stored) + make_interval(secs => :warm))
SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY ms), percentile_cont(0.99) WITHIN GROUP (ORDER BY ms),
    max(ms) FROM took
"""


def measure(seconds: int, rate: int, ours: Servers, folder: Path) -> Figures:
    total = int((seconds + WARM) * rate)
    deployment = deploy(folder, ours, "tests.bench.synthetic.Steady", {"total": total, "rate": rate}, every=EVERY)
    deployment.enrol()
    ours.quiet()
    with working([deployment.command("run")], deployment.environment()):
        _wait(total, deployment, STUCK + seconds)
    with deployment.database() as database, database.connect() as connection:
        counted, half, most, worst = connection.execute(text(_TOOK), {"warm": WARM}).one()
    return {
        "side": "latency",
        "events": counted,
        "rate": rate,
        "p50_ms": round(half, 1),
        "p99_ms": round(most, 1),
        "max_ms": round(worst, 1),
    }


def _wait(total: int, deployment: Deployment, patience: float) -> None:
    """Wait until all is stored. It looks once a second, since looking costs work, too."""
    began = time.perf_counter()
    with deployment.database() as database:
        while time.perf_counter() - began < patience:
            with database.connect() as connection:
                if connection.execute(text("SELECT count(*) FROM store_dossiers")).scalar_one() == total:
                    return
            time.sleep(1)
    raise RuntimeError(f"{total} events were not stored in {patience:.0f} s")


def main(seconds: str, rate: str = "500") -> None:
    with servers() as ours, tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(int(seconds), int(rate), ours, Path(folder))))


if __name__ == "__main__":
    main(*sys.argv[1:])
