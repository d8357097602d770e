"""The command as a process with a real socket."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.unit.sandbox.conftest import ROOT, Write, at, dossier

LINES = {"igate": [("01T06:00", dossier("a", "a"))], "ccvc": [("02T06:00", {"n": 1, "filler": "x" * 100_000})]}
KEY = {"X-Api-Key": "sandbox"}


@contextmanager
def running(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, Any]]]:
    command = [sys.executable, "-m", "sandbox", "--recording", str(folder), "--until-stdin-closes"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def test_it_says_one_line_when_it_listens_and_ends_with_its_parent(write: Write) -> None:
    with running(write(LINES)) as (process, said):
        assert said["ticks"] == [at("01T06:00"), at("02T06:00")]
        assert (said["name"], said["systems"], said["months"]) == ("small", ["igate", "ccvc"], ["2023-11"])
        assert said["variables"]["IGATE_URL"] == f"{said['url']}/igate"
        assert httpx.get(f"{said['url']}/-/ticks").json()["ticks"] == said["ticks"]
        out, error = process.communicate(timeout=30)  # closes its stdin
        assert (process.returncode, out, error) == (0, b"", b"")


def test_it_ends_with_its_parent_even_while_it_keeps_a_caller_waiting(write: Write) -> None:
    with running(write(LINES)) as (process, said), httpx.Client(base_url=said["url"]) as client:
        client.post("/-/faults", json={"system": "ccvc", "kind": "timeout", "seconds": 3600})
        with socket.create_connection((client.base_url.host, client.base_url.port or 0)) as waiting:
            waiting.sendall(b"GET /ccvc/api/records HTTP/1.1\r\nHost: x\r\n\r\n")
            assert any(client.get("/-/faults").json() == {"faults": []} for _ in range(1000))  # it has struck
            assert process.communicate(timeout=30) == (b"", b"")
            assert process.returncode == 0


def test_faults_on_a_socket(write: Write) -> None:
    """A cut reply promises more than it brings; a timeout that is over drops the connection without a word."""
    with running(write(LINES)) as (_, said), httpx.Client(base_url=said["url"], headers=KEY) as client:
        client.put("/-/clock", json={"now": at("02T06:00")})
        whole = client.get("/ccvc/api/records")
        assert int(whole.headers["content-length"]) > 100_000

        client.post("/-/faults", json={"system": "ccvc", "kind": "cut"})
        received = bytearray()
        with (
            pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"),
            client.stream("GET", "/ccvc/api/records") as reply,
        ):
            assert reply.headers["content-length"] == whole.headers["content-length"]
            for piece in reply.iter_raw():
                received.extend(piece)
        assert bytes(received) == whole.content[: len(whole.content) // 2]

        client.post("/-/faults", json={"system": "ccvc", "kind": "timeout", "seconds": 0})
        with pytest.raises(httpx.RemoteProtocolError, match="disconnected without sending a response"):
            client.get("/ccvc/api/records")
        assert client.get("/ccvc/api/records").content == whole.content


def refused(*arguments: str) -> str:
    """What the command says on stderr when it refuses to start."""
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_bad_recording_is_one_paragraph_and_exit_code_2(write: Write) -> None:
    folder = write(LINES)
    (folder / "ccvc/records.jsonl").write_text("{\n")
    said = refused("--recording", str(folder))
    assert said.startswith("Bad recording: ")
    assert "records.jsonl, line 1" in said
    assert said.count("\n") == 1


def test_an_address_that_cannot_be_had_is_said(write: Write) -> None:
    folder = str(write(LINES))
    assert refused("--recording", folder, "--port", "70000").startswith("Cannot listen on 127.0.0.1:70000")
    assert refused("--recording", folder, "--host", "203.0.113.1").startswith("Cannot listen on 203.0.113.1:0")
