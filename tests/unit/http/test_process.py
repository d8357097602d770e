"""A real process that serves: it answers, bounds slow callers, is not ready before it stops, and ends with 0."""

import json
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.command_line import lienthong
from tests.serving import Serving

pytestmark = pytest.mark.slow


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    found = Serving(tmp_path, "--drain", "2")
    yield found
    found.end()


def test_it_serves_drains_and_ends_with_0(serving: Serving, tmp_path: Path) -> None:
    added = lienthong("access", "client", "add", "counter", "--scope", "x", "--json", "--data", tmp_path)
    key = json.loads(added.stdout)["key"]
    with httpx.Client(base_url=serving.address, headers={"Authorization": f"Bearer {key}"}) as client:
        assert client.get("/v1/client").json()["client"] == "counter"
        assert client.get("/readyz").status_code == 200
        assert client.get("/metrics").status_code == 200
        serving.process.send_signal(signal.SIGTERM)
        statuses = [client.get("/readyz").status_code]
        while statuses[-1] == 200:  # the signal is on its way
            statuses.append(client.get("/readyz").status_code)
        assert statuses[-1] == 503
        assert client.get("/v1/client").status_code == 200
    assert serving.process.wait(30) == 0
    shown = json.loads(lienthong("access", "client", "list", "--json", "--data", tmp_path).stdout)
    assert shown[0]["keys"][0]["last_used"] is not None


def test_what_is_no_http_and_who_sends_nothing_cost_only_their_own_connection(serving: Serving) -> None:
    host, port = serving.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as silent:
        with socket.create_connection((host, int(port)), timeout=30) as wrong:
            wrong.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
            assert b" 400 " in wrong.recv(1000)
        assert httpx.get(f"{serving.address}/livez").status_code == 200
        assert silent.recv(1) == b""  # the server has closed it


def test_an_address_in_use_is_explained(serving: Serving, tmp_path: Path) -> None:
    port = serving.address.rpartition(":")[2]
    done = lienthong("serve", "--port", port, "--data", tmp_path, LIENTHONG_LANG="en")
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
