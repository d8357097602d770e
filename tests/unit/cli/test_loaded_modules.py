"""Commands that an operator waits for import what they use, and nothing else: imports are most of their time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.ledger import SqlLedger
from tests.databases import open_embedded
from tests.events import event

ROOT = Path(__file__).parents[3]

NEVER = (
    *("lienthong.http", "fastapi", "starlette", "uvicorn", "prometheus_client"),
    *("pyhanko", "pyhanko_certvalidator", "reportlab", "openpyxl", "lxml", "PIL", "obstore", "alembic", "holidays"),
    *("asn1crypto", "cryptography", "kombu", "pika", "prompt_toolkit", "reports"),
)
"""What neither of them uses, with an embedded broker."""

FOR_CONNECTORS = ("connectors", "store", "schemas", "httpx", "lienthong.configuration.check")
"""What belongs to the configured connectors: only `sources` asks one of them, to describe its cursor."""

LOOK = """
import io, sys, typer
from contextlib import redirect_stdout, redirect_stderr, suppress
from lienthong.cli.app import app
def show(*words):
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()), suppress(SystemExit, typer.Exit):
        app([*words, "--data", sys.argv[1]], standalone_mode=False)
for words in (("balance",), ("queues",), ("dead", "list"), ("dead", "groups"), ("trail", "x")):
    show(*words)
print(*sys.modules)
show("sources")
print(*sys.modules)
"""

START = """
import sys
from lienthong.cli.app import app
print(*sys.modules)
"""


@pytest.mark.slow
def test_commands_that_look_import_only_what_they_use(tmp_path: Path) -> None:
    database = open_embedded(tmp_path)
    with SqlLedger(database, SystemClock()).transaction() as transaction:
        transaction.receive([event("x")], source="igate", to=("route.igate-dossiers",), cursor={"since": "2023-11-01"})
    database.dispose()
    left_out = ("LIENTHONG_DATABASE", "LIENTHONG_BROKER")
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(tmp_path)],
        cwd=ROOT,
        env=environment | {"LIENTHONG_PROJECT": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    looked, asked = (set(line.split()) for line in done.stdout.splitlines())
    assert "lienthong.operations.queues" in looked, "the commands have run"
    assert looked & {*NEVER, *FOR_CONNECTORS} == set()
    assert "lienthong.operations.sources" in asked
    assert asked & set(NEVER) == set()


def test_the_start_of_every_command_brings_no_library_for_databases_or_logs() -> None:
    done = subprocess.run([sys.executable, "-c", START], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "lienthong.cli.lateness" in done.stdout.split()
    assert {"sqlalchemy", "structlog", "httpx", "pydantic"} & set(done.stdout.split()) == set()
