"""Numbers of persons in every writing, in every field of every source: none stands in an output or a log."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import text

from lienthong.adapters.sql.database import open_database
from lienthong.runtime.endpoints import Endpoints
from tests.cases.province import Province, case, settings_of
from tests.cases.systems import ENTRANCES, Reply, serve
from tests.cases.test_mutations import SAMPLES, WRAP, sound_record
from tests.command_line import ROOT

WRITINGS: Mapping[str, Sequence[Any]] = yaml.safe_load(case(29).read("writings.yaml"))
HIDDEN = [writing for writing in WRITINGS["hidden"] if isinstance(writing, str)]
COMMANDS = (
    *("balance", "balance --json", "queues", "queues --json", "sources", "sources --json", "doctor", "verify"),
    *("dead groups", "dead groups --json", "dead list --limit 0", "dead list --json"),
)


def text_paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where texts stand in JSON data."""
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from text_paths(part, (*path, key))
    elif isinstance(value, str):
        yield path


def with_text(value: Any, path: Sequence[str | int], new: str) -> Any:
    """A copy of JSON data with another text at `path`."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = with_text(copy[path[0]], path[1:], new)  # type: ignore[index, call-overload]  # JSON of any shape
    return copy


def planted(source: str) -> list[Any]:
    """The sound record with each writing in each of its texts, and in a field that nothing asked for."""
    record = sound_record(source)
    paths = [*text_paths(record), ("ghiChuThem",)]
    return [with_text(record | {"ghiChuThem": ""}, place, writing) for place in paths for writing in HIDDEN]


def outputs(data: Path, commands: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Every command with what it shows. One process runs all of them."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.unit.cli.session", *commands],
        cwd=ROOT,
        env={**os.environ, "LIENTHONG_DATA": str(data)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    for command, code, shown in json.loads(done.stdout):
        assert code in (0, 1, 2) and "Traceback" not in shown, (command, shown)
        yield command, shown


@pytest.mark.parametrize("source", SAMPLES)
def test_no_number_of_a_person_stands_in_any_output(source: str, tmp_path: Path) -> None:
    elements = b",".join(json.dumps(one, ensure_ascii=False).encode() for one in planted(source))
    reply, endpoints = Reply(WRAP[source](elements)), Endpoints(tmp_path)
    with (
        serve(lambda request: reply if request.path == ENTRANCES[source] else None) as variables,
        Province(settings_of(ROOT, variables), endpoints) as province,
    ):
        assert province.poll() == {}
    letters = json.loads(dict(outputs(tmp_path, ["dead list --json"]))["dead list --json"])
    assert letters, "some of the fields are dates, which these writings are not"
    shows = [f"dead show {letter['number']}" for letter in letters[:: max(1, len(letters) // 40)]]
    trails = [f"trail {letter['event']}" for letter in letters[:: max(1, len(letters) // 10)]]
    for command, shown in outputs(tmp_path, [*COMMANDS, *shows, *trails]):
        assert [writing for writing in HIDDEN if writing in shown] == [], (command, shown[:2000])
    database = open_database(endpoints.database_url())
    with database.connect() as connection:
        reasons = "\\n".join(connection.scalars(text("SELECT DISTINCT reason FROM ledger_entries")))
    database.dispose()
    assert [writing for writing in HIDDEN if writing in reasons] == []
    logged = "".join(file.read_text(encoding="utf-8") for file in tmp_path.rglob("*.jsonl"))
    assert [writing for writing in HIDDEN if writing in logged] == []
