"""Intake over HTTP: iGate's pages from the sandbox into ledger and queue. Prints one JSON line.

    python -m tests.bench.http_intake EVENTS

The sandbox's limit is measured beside it: the same pages, fetched by a client that does nothing with them.
"""

import json
import os
import sys
import tempfile
import threading
import time
from datetime import datetime
from pathlib import Path

import httpx
import orjson

from lienthong.adapters.clock import ReplayClock
from lienthong.configuration.check import examine
from lienthong.runtime.composition import build
from lienthong.runtime.playback import Recording, sandbox
from lienthong.runtime.runner import Runner
from tests.bench.deployment import deploy
from tests.bench.dossiers import dossier
from tests.bench.servers import Servers, servers
from tests.bench.watching import ROOT, Figures

PAGE = 500
SINCE, NOW = "2023-11-01", "2023-12-01T00:00:00+07:00"


def measure(total: int, ours: Servers, folder: Path) -> Figures:
    write_recording(total, folder / "recording")
    with sandbox(ROOT, folder / "recording") as recording:
        recording.show(datetime.fromisoformat(NOW))
        url = recording.variables["IGATE_URL"]
        parameters = {
            "url": url,
            "client_id": recording.variables.get("IGATE_CLIENT_ID", "lienthong"),
            "client_secret": recording.variables.get("IGATE_CLIENT_SECRET", "sandbox"),
            "since": SINCE,
            "page_size": PAGE,
        }
        deployment = deploy(folder / "lienthong", ours, "connectors.sources.igate.Igate", parameters)
        limit = total / fetch_all(total, recording, url, parameters)
        settings, findings = examine(deployment.folder, os.environ)
        assert not [finding for finding in findings if finding.level == "error"], findings
        bus = build(settings, deployment.endpoints, ReplayClock(datetime.fromisoformat(NOW)), only="intake")
        with Runner(bus, threading.Event()) as runner:
            ours.quiet()
            (intake,) = bus.pollers
            began, cpu = time.perf_counter(), time.process_time()
            poll = intake.poll(runner.stop)
            seconds, used = time.perf_counter() - began, time.process_time() - cpu
        assert poll.new == total, poll
    return {
        "side": "intake over HTTP",
        "events": total,
        "seconds": round(seconds, 2),
        "per_second": round(total / seconds),
        "cpu_us": round(1e6 * used / total),
        "sandbox_per_second": round(limit),
    }


def write_recording(total: int, folder: Path) -> None:
    """A recording of one month with `total` dossiers, all of which are seen by its end."""
    (folder / "igate").mkdir(parents=True)
    head = {"name": "bench", "from": "2023-11-01", "to": "2023-12-01", "timezone": "+07:00"}
    (folder / "recording.json").write_text(json.dumps(head))
    with (folder / "igate" / "dossiers.jsonl").open("wb") as file:
        for number in range(total):
            line = {"seen_at": "2023-11-30T12:00:00+07:00", "body": dossier(number)}
            file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))


def fetch_all(total: int, recording: Recording, url: str, parameters: dict[str, object]) -> float:
    """Seconds for all pages, one after another, unread. The first, for which the sandbox sorts, is not counted."""
    with httpx.Client() as client:
        form = {"grant_type": "client_credentials", **{k: str(parameters[k]) for k in ("client_id", "client_secret")}}
        reply = client.post(f"{url}/auth/realms/digo/protocol/openid-connect/token", data=form)
        headers = {"Authorization": f"Bearer {reply.json()['access_token']}"}
        span = {"accepted-from": "2023-11-01T00:00:00.000+0700", "accepted-to": "2023-12-01T00:00:00.000+0700"}

        def page(number: int) -> None:
            query = span | {"spec": "page", "page": str(number), "size": str(PAGE)}
            client.get(f"{url}/pa/dossier/search", params=query, headers=headers).raise_for_status()

        page(0)
        began = time.perf_counter()
        for number in range(-(-total // PAGE)):
            page(number)
        return time.perf_counter() - began


def main(total: str) -> None:
    with servers() as ours, tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(int(total), ours, Path(folder))))


if __name__ == "__main__":
    main(*sys.argv[1:])
