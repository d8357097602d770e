"""The whole pipeline for many events, then `verify` over its ledger. Prints one JSON line.

python -m tests.bench.large EVENTS
"""

import json
import sys
import tempfile
from pathlib import Path

from sqlalchemy import text

from tests.bench import pipeline
from tests.bench.commands import timed
from tests.bench.deployment import Deployment
from tests.bench.servers import Servers, servers
from tests.bench.watching import Figures


def measure(total: int, ours: Servers, folder: Path) -> Figures:
    """What `pipeline` measures, and `lienthong verify` over the rows it wrote: seconds, MB, and seconds a million."""
    figures = pipeline.measure(total, "one", ours, folder)
    deployment = Deployment(folder, ours)
    with deployment.database() as database, database.connect() as connection:
        rows = connection.execute(text("SELECT count(*) FROM ledger_entries")).scalar_one()
    proof = timed(deployment.command("verify"), deployment.environment())
    return figures | {
        "ledger_rows": rows,
        "verify_seconds": proof["seconds"],
        "verify_seconds_a_million": round(1e6 * proof["seconds"] / rows, 1),
        "verify_peak_mb": proof["peak_mb"],
    }


def main(total: str) -> None:
    with servers() as ours, tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(int(total), ours, Path(folder))))


if __name__ == "__main__":
    main(*sys.argv[1:])
