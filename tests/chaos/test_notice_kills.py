"""Processes that are killed while a gateway has their message: no number gets a fact twice, each doubt is recorded.

The gateway itself kills the process that calls it (SIGKILL): it has the message, and the bus has not recorded it. Over
RabbitMQ and PostgreSQL. `make chaos` kills many times.
"""

import json
import os
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from sqlalchemy import Engine, select

from store.notices.tables import attempts, notices
from tests.databases import make_tables
from tests.reduced_project import copy_routes
from tests.services import postgres, rabbitmq
from tests.services.processes import ROOT, Process, Processes, change_yaml

KILLS = min(int(os.environ.get("CHAOS_FAULTS", "2")), 300)
BETWEEN = 4
"""Messages from one kill to the next."""
SECONDS_A_KILL = 60.0
ROUTES = ("notice-due", "notice-answers-zalo", "notice-answers-sms", "notice-answers-email")


class Gateways:
    """Zalo and eSMS in one server. Every fourth number is not at Zalo. `process` is what calls it, and is killed."""

    def __init__(self, kills: int) -> None:
        self.sent: list[tuple[str, str]] = []
        self.killed: set[tuple[str, str]] = set()
        self.process: Process | None = None
        self._kills = kills
        self._lock = threading.Lock()

    def take(self, channel: str, phone: str) -> bool:
        """Note a message. False when its process was killed, so that there is nothing to answer to."""
        with self._lock:
            self.sent.append((channel, phone))
            if len(self.killed) == self._kills or len(self.sent) % BETWEEN:
                return True
            self.killed.add((channel, phone))
        assert self.process is not None
        self.process.kill()
        return False

    def answer(self, path: str, body: bytes) -> Any:
        """The reply; None for none."""
        if "access_token" in path:
            number = len(self.sent)
            return {"access_token": f"a{number}", "refresh_token": f"r{number}", "expires_in": "90000"}
        message = json.loads(body)
        if path.startswith("/zalo"):
            if int(message["phone"]) % 4 == 0:
                return {"error": -118, "message": "Zalo account not existed"}
            return {"error": 0, "data": {"msg_id": "m"}} if self.take("zalo", message["phone"]) else None
        return {"CodeResult": "100", "SMSID": "s"} if self.take("sms", message["Phone"]) else None


@contextmanager
def served(gateways: Gateways) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            reply = gateways.answer(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            if reply is not None:
                content = json.dumps(reply).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                with suppress(OSError):
                    self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def write_project(root: Path) -> Path:
    """The routes of notices, with facts and looks that are put into folders."""
    copy_routes(root, *ROUTES)
    shutil.copytree(ROOT / "config/templates", root / "config/templates")
    for name, event_type in (("facts", "dossier.happened.v1"), ("looks", "notices.look.v1")):
        (root / name).mkdir()
        source = {
            "use": "lienthong.connectors.sources.files.Files",
            "every": "1s",
            "with": {"folder": str(root / name), "type": event_type, "key": "dossier", "settle": "0s"},
        }
        (root / "config/sources").mkdir(exist_ok=True)
        (root / f"config/sources/{name}.yaml").write_text(yaml.safe_dump(source))
        route = {"description": name, "from": name, "to": ["notices"]}
        (root / f"routes/{name}.yaml").write_text(yaml.safe_dump(route))
        given = {"type": event_type, "subject": "1", "received_at": "2026-12-01T08:00:00+07:00", "data": {}}
        cases = {"cases": [{"name": "any", "given": given, "expect": {"verdict": "done"}}]}
        (root / f"routes/{name}.cases.yaml").write_text(yaml.safe_dump(cases))
    rules = {"zalo": {"quiet": None}, "sms": {"quiet": None}, "email": {"quiet": None}}
    change_yaml(root / "config/notices.yaml", since="2020-01-01T00:00:00+07:00", per_day=20, channels=rules)
    change_yaml(root / "config/bus.yaml", ladder=["1s", "3s", "30s", "2m", "10m", "1h", "6h"])
    for channel in ("zalo", "sms"):
        change_yaml(root / f"config/sinks/{channel}.yaml", retry={"rungs": ["1s"], "attempts": 20})
    return root


def put(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    """A file appears whole."""
    hidden = folder / f".{name}"
    hidden.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    hidden.rename(folder / f"{name}.jsonl")


def fact(number: int) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    return {
        "dossier": f"H08-{number:06}",
        "source": "igate",
        "happening": "accepted",
        "occurrence": 1,
        "change": "new",
        "at": now,
        "seen_at": now,
        "channel": "online",
        "phone": f"0905{number:06}",
        "agency": "H08.12",
        "applicant": "Nguyễn Văn Thử",
        "procedure_name": "Thử",
        "agency_name": "Thử",
        "appointment_at": now,
    }


def states(database: Engine) -> dict[str, str]:
    with database.connect() as connection:
        rows = connection.execute(select(notices.c.recipient, notices.c.state))
        return {row.recipient: row.state for row in rows}


@pytest.mark.slow
def test_a_process_that_is_killed_by_each_gateway_leaves_a_doubt_and_sends_nothing_twice(tmp_path: Path) -> None:
    gateways, number = Gateways(KILLS), (KILLS + 2) * BETWEEN
    root = write_project(tmp_path / "root")
    with postgres.fresh_database(empty=True) as database, served(gateways) as url:
        make_tables(database)
        environment = {
            "LIENTHONG_PROJECT": str(root),
            "LIENTHONG_BROKER": rabbitmq.fresh_url(),
            "LIENTHONG_DATABASE": database.url.render_as_string(hide_password=False),
            "ZALO_URL": f"{url}/zalo",
            "ZALO_TOKEN_URL": f"{url}/zalo/v4/oa/access_token",
            "ESMS_URL": f"{url}/esms",
        }
        processes = Processes(tmp_path / "processes", [""], environment)
        gateways.process = processes.all[0]
        put(root / "facts", "facts", [fact(one) for one in range(number)])
        looks = 0

        def is_done() -> bool:
            nonlocal looks
            assert 1 not in processes.all[0].exits, processes.last_output()
            found = Counter(states(database).values())
            if found.total() == number and (found["held"] or found["sending"]):
                looks += 1
                if looks % 20 == 1:  # the condition is looked at twenty times a second
                    put(root / "looks", f"look-{looks:06}", [{"dossier": str(looks)}])
            return found["accepted"] + found["in_doubt"] == number

        try:
            processes.wait_until(is_done, SECONDS_A_KILL * (KILLS + 2), "every notice has an end")
        finally:
            processes.kill_all()
        assert len(gateways.killed) == KILLS == len([code for code in processes.all[0].exits if code == -9])
        assert {channel for channel, _ in gateways.sent} == {"zalo", "sms"}
        assert max(Counter(phone for _, phone in gateways.sent).values()) == 1
        in_doubt = {phone for phone, state in states(database).items() if state == "in_doubt"}
        # A message of the other channel, which a kill finds on its way, is in doubt as well.
        assert {phone for _, phone in gateways.killed} <= in_doubt
        assert {phone for _, phone in gateways.sent} | in_doubt == set(states(database))
        with database.connect() as connection:
            begun = set(connection.execute(select(attempts.c.notice_id, attempts.c.attempt)))
        assert len(begun) >= len(gateways.sent)
