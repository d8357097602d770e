"""A recording and the live bus are never mixed, through the command line."""

import json
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.command_line import ROOT, lienthong
from tests.recording.conftest import Cut, assert_balanced, empty_recording

DEAD_SERVERS = {
    "LIENTHONG_BROKER": "amqp://bus:g3heim@127.0.0.1:1/prov",
    "LIENTHONG_DATABASE": "postgresql://bus:g3heim@127.0.0.1:1/prov",
    "IGATE_CLIENT_SECRET": "production",
    "LIENTHONG_ENV": "nowhere",
}


@pytest.fixture
def few(cut: Cut) -> Path:
    """Two days of iGate and of the register; the other systems are not in it."""
    folder = cut("few", "2023-11-01", "2023-11-02")
    for system in ("vneid", "dvcqg"):
        shutil.rmtree(folder / system)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The province's project with more sinks, and no live data."""
    folder = tmp_path / "project"
    for part in ("routes", "config"):
        shutil.copytree(ROOT / part, folder / part)
    (folder / "sandbox").symlink_to(ROOT / "sandbox")
    return folder


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """A receiver on this machine: its address, and the paths of the requests that reached it."""
    paths: list[str] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            paths.append(self.path)
            self.send_response(204)
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - the standard library's name

        def log_message(self, *_: object) -> None:
            """Write nothing."""

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", paths
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def add_sinks(project: Path, url: str, folder: Path, database: Path) -> None:
    """Sinks that reach outside by each of the generic classes, for the dossiers of iGate."""
    sinks = {
        "hook": f"use: lienthong.connectors.sinks.http.HttpSink\nwith: {{url: '{url}/hook'}}\n",
        "drop": f"use: lienthong.connectors.sinks.files.FilesSink\nwith: {{folder: '{folder}'}}\n",
        "mart": "use: lienthong.connectors.sinks.sql.SqlSink\n"
        f"with: {{url: 'sqlite:///{database}', into: {{table: t, columns: {{id: id}}, key: [id]}}}}\n",
    }
    for name, text in sinks.items():
        (project / "config" / "sinks" / f"{name}.yaml").write_text(text, encoding="utf-8")
    route = project / "routes" / "igate-dossiers.yaml"
    text = route.read_text(encoding="utf-8")
    assert "to: [data-store]" in text
    route.write_text(text.replace("to: [data-store]", "to: [data-store, hook, drop, mart]"), encoding="utf-8")


def test_nothing_of_the_shell_reaches_a_recording_and_nothing_leaves_it(
    few: Path, project: Path, tmp_path: Path
) -> None:
    database = tmp_path / "mart.db"
    with sqlite3.connect(database) as mart:
        mart.execute("create table t (id text primary key)")
    with listening() as (url, requests):
        add_sinks(project, url, tmp_path / "drop", database)
        shell = {**DEAD_SERVERS, "VNEID_URL": f"{url}/vneid", "DVCQG_URL": f"{url}/dvcqg", "IGATE_URL": f"{url}/igate"}
        command = ["run", "--recording", few, "--until-done", "--out", tmp_path / "out"]
        done = lienthong(*command, LIENTHONG_PROJECT=str(project), LIENTHONG_LANG="en", **shell)
    assert done.returncode == 0, done.stdout + done.stderr
    assert requests == [], "neither a sink nor a source that the recording lacks is called"
    assert not (tmp_path / "drop").exists()
    assert sqlite3.connect(database).execute("select count(*) from t").fetchone() == (0,)
    missing = "document-rechecks, dvcqg, organisations, petitions, portal-accounts, procedures, questions, vneid"
    assert f"does not have them: {missing}" in done.stdout
    for sink in ("hook", "drop", "mart"):
        assert f"for `{sink}`" in done.stdout, "what was not sent is named"
    played = project / "var" / "recordings" / "few"
    assert_balanced(played)
    assert not (project / "var" / "lienthong.db").exists()
    assert "g3heim" not in done.stdout + done.stderr


def test_what_was_played_can_be_looked_at_until_there_is_a_live_ledger(
    few: Path, project: Path, tmp_path: Path
) -> None:
    place = {"LIENTHONG_PROJECT": str(project), "LIENTHONG_LANG": "en"}
    assert lienthong("run", "--recording", few, "--until-done", "--out", tmp_path / "out", **place).returncode == 0
    shown = lienthong("balance", "--json", **place)
    assert json.loads(shown.stdout)["sources"]["igate"]["received"] > 0
    assert "that of the recording" in shown.stderr
    played = project / "var" / "recordings" / "few"
    inside = lienthong(
        "balance", "--json", "--data", played, **place, LIENTHONG_DATABASE=DEAD_SERVERS["LIENTHONG_DATABASE"]
    )
    assert json.loads(inside.stdout) == json.loads(shown.stdout), "in its data directory no server is named"
    assert lienthong("run", "--until-done", **place).returncode == 1  # no source answers; the live ledger is made
    live = lienthong("balance", "--json", **place)
    received = json.loads(live.stdout)["sources"]
    assert all(name.startswith("schedule.") for name in received) and live.stderr == "", "none of what was played"


def test_neither_world_uses_the_ledger_of_the_other(tmp_path: Path) -> None:
    recording = empty_recording(tmp_path / "empty")
    played, lived, out = tmp_path / "played", tmp_path / "lived", tmp_path / "out"
    english = {"LIENTHONG_LANG": "en"}
    play = ["run", "--recording", recording, "--until-done", "--out", out]
    assert lienthong(*play, "--data", played).returncode == 0
    refused = lienthong("run", "--until-done", "--data", played, **english)
    assert refused.returncode == 2 and "`--data DIR`" in refused.stderr and "--recording DIR" in refused.stderr

    lienthong("run", "--until-done", "--data", lived)
    refused = lienthong(*play, "--data", lived, **english)
    assert refused.returncode == 2 and "Leave out `--data`" in refused.stderr and "an empty one" in refused.stderr
    assert not (lived / "recording").exists()


def test_two_recordings_of_one_name_have_two_ledgers(project: Path, tmp_path: Path) -> None:
    for number in ("1", "2"):
        (tmp_path / number).mkdir()
        recording = empty_recording(tmp_path / number / "same")
        command = ["run", "--recording", recording, "--until-done", "--out", tmp_path / "out"]
        assert lienthong(*command, LIENTHONG_PROJECT=str(project)).returncode == 0
    ledgers = sorted(path.name for path in (project / "var" / "recordings").iterdir() if path.is_dir())
    assert len(ledgers) == 2 and ledgers[0] == "same" and ledgers[1].startswith("same-")
    asked = lienthong("balance", LIENTHONG_PROJECT=str(project), LIENTHONG_LANG="en")
    assert asked.returncode == 1 and all(name in asked.stderr for name in ledgers)
