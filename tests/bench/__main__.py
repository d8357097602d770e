"""`make bench`: every measurement in a process of its own, then one table."""

import json
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

LAST = Path(__file__).with_name("last.json")
SIZES = (10_000, 50_000, 200_000)


def measured(total: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.embedded", str(total)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def main() -> None:
    console = Console()
    rows = []
    for size in SIZES:
        rows.append(measured(size))
        console.print(rows[-1])
    table = Table(title="Embedded bus: intake, route, store, ledger on SQLite, one process")
    for column in ("events", "seconds", "events/s", "CPU µs/event", "peak MB"):
        table.add_column(column, justify="right")
    for row in rows:
        table.add_row(*(f"{value:,}" for value in row.values()))
    console.print(table)
    ratios = {
        "embedded_goal": round(rows[-1]["per_second"] / 2000, 2),
        "embedded_large_to_small": round(rows[-1]["per_second"] / rows[0]["per_second"], 2),
        "embedded_memory_large_to_small": round(rows[-1]["peak_mb"] / rows[0]["peak_mb"], 2),
    }
    machine = {"cores": psutil.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    last = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine, "ratios": ratios, "rows": rows}
    LAST.write_text(json.dumps(last, indent=1) + "\n", encoding="utf-8")
    console.print(ratios)


if __name__ == "__main__":
    main()
