"""Where SQLite writes what it cannot sort in memory."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SORT = """
import os, sys
from sqlalchemy import text
from lienthong.adapters.sql.database import open_database, snapshot

rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)"
rows += " SELECT hex(randomblob(100)) AS word FROM n ORDER BY word"
with snapshot(open_database(sys.argv[1])) as connection:
    found = connection.execute(text(rows))
    found.fetchone()
    for number in os.listdir("/proc/self/fd"):
        print(os.path.realpath(f"/proc/self/fd/{number}"))
"""


@pytest.mark.slow
def test_rows_that_do_not_fit_into_memory_are_sorted_beside_the_database(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "SQLITE_TMPDIR"}
    command = [sys.executable, "-c", SORT, f"sqlite:///{tmp_path / 'ledger.db'}"]
    result = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    temporary_files = [Path(line) for line in result.stdout.splitlines() if "etilqs_" in line]
    assert temporary_files and all(file.parent == tmp_path for file in temporary_files)
