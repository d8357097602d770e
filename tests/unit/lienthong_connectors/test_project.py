"""A project of YAML alone: every generic source and sink in one bus, through the command line."""

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from sqlalchemy import create_engine, text

from tests.unit.lienthong_connectors.loopback import Arrived, Response, serving

BUS = "language: vi\nladder: [500ms, 2s]\n"
ROUTE = """description: Letters go to every destination as they are.
from: {source}
when: data.code != "secret"
to: [table, hook, archive]
"""
CASES = """cases:
  - name: A letter is passed on
    given: {type: letter.seen, subject: L-1, received_at: "2026-11-27T09:00:00+07:00", data: {code: L-1}}
    expect: {verdict: done}
  - name: A secret letter is not
    given: {type: letter.seen, subject: L-2, received_at: "2026-11-27T09:00:00+07:00", data: {code: secret}}
    expect: {verdict: dropped}
  - name: A letter without a code is a dead letter
    given: {type: letter.seen, subject: "", received_at: "2026-11-27T09:00:00+07:00", data: {number: 5}}
    expect: {verdict: dead}
"""
HTTP = """use: lienthong.connectors.sources.http_json.HttpJson
every: 60s
with: {{url: "{url}/letters", type: letter.seen, records: items, key: code, paging: {{by: page, more: more}}}}
"""
FILES = """use: lienthong.connectors.sources.files.Files
every: 60s
with: {folder: inbox, pattern: "*.csv", type: letter.seen, key: code, settle: 0s}
"""
SQL = """use: lienthong.connectors.sources.sql.Sql
every: 60s
with:
  url: {url}
  type: letter.seen
  query: SELECT code, number FROM incoming WHERE number >= :since
  since: {{column: number, kind: integer}}
  key: [code]
"""
TABLE = """use: lienthong.connectors.sinks.sql.SqlSink
with:
  url: {url}
  into: {{table: letters, columns: {{event_id: id, code: data.code, source: source}}}}
"""
HOOK = """use: lienthong.connectors.sinks.http.HttpSink
with: {{url: "{url}/hook", send: {{format: cloudevents, batch: 10}}}}
retry: {{rungs: [500ms, 2s], attempts: 4}}
"""
ARCHIVE = """use: lienthong.connectors.sinks.files.FilesSink
with: {folder: out, name: letters}
"""


class Outside:
    """An interface to read, and one that receives; the first request to the second fails."""

    def __init__(self) -> None:
        self.received: dict[str, str] = {}
        self.failures = 0

    def __call__(self, arrived: Arrived) -> Response:
        if arrived.path.startswith("/letters"):
            page = int(arrived.path.rpartition("=")[2])
            return Response(200, orjson.dumps({"items": [{"code": f"web-{page}"}], "more": page < 3}))
        if not self.failures:
            self.failures += 1
            return Response(503)
        self.received |= {event["id"]: event["subject"] for event in orjson.loads(arrived.body)}
        return Response(202)


def write(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def lienthong(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lienthong", *arguments, "--project", str(project)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIENTHONG_")}
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def database(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'letters.db'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE letters (event_id TEXT PRIMARY KEY, code TEXT, source TEXT)"))
        connection.execute(text("CREATE TABLE incoming (code TEXT, number INTEGER)"))
        connection.execute(text("INSERT INTO incoming VALUES ('row-1', 1), ('row-2', 2)"))
    engine.dispose()
    return url


@pytest.mark.slow
def test_every_generic_connector_in_one_bus(tmp_path: Path, database: str) -> None:
    outside = Outside()
    project = tmp_path / "project"
    with serving(outside) as url:
        sources = {"web": HTTP.format(url=url), "files": FILES, "rows": SQL.format(url=database)}
        write(
            project,
            {
                "config/bus.yaml": BUS,
                "config/sinks/table.yaml": TABLE.format(url=database),
                "config/sinks/hook.yaml": HOOK.format(url=url),
                "config/sinks/archive.yaml": ARCHIVE,
                "inbox/a.csv": "code;title\nfile-1;Công văn\nfile-2;Tờ trình\n",
                **{f"config/sources/{name}.yaml": content for name, content in sources.items()},
                **{f"routes/{name}.yaml": ROUTE.format(source=name) for name in sources},
                **{f"routes/{name}.cases.yaml": CASES for name in sources},
            },
        )
        checked = lienthong(project, "check")
        assert checked.returncode == 0, checked.stdout + checked.stderr
        for _ in range(2):
            run = lienthong(project, "run", "--until-done")
            assert run.returncode == 0, run.stdout + run.stderr
    codes = ["file-1", "file-2", "row-1", "row-2", "web-1", "web-2", "web-3"]
    assert sorted(outside.received.values()) == codes
    (day,) = (project / "out").glob("letters-*.jsonl")
    assert sorted(orjson.loads(line)["subject"] for line in day.read_bytes().splitlines()) == codes
    engine = create_engine(database)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT code, event_id FROM letters ORDER BY code")).all()
    engine.dispose()
    assert [row.code for row in rows] == codes
    assert {row.event_id for row in rows} == set(outside.received)
    assert [path.name for path in (project / "inbox" / "done").iterdir()] == ["a.csv"]
