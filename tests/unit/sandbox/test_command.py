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

from tests.unit.sandbox.conftest import ROOT, Write, dossier, local

LINES = {"igate": [("01T06:00", dossier("a", "a"))], "ccvc": [("02T06:00", {"n": 1, "filler": "x" * 100_000})]}
KEY = {"X-Api-Key": "sandbox"}


@contextmanager
def running_sandbox(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, Any]]]:
    command = [sys.executable, "-m", "sandbox", "--recording", str(folder), "--until-stdin-closes"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def test_it_prints_one_line_when_it_listens_and_ends_with_its_parent(write: Write) -> None:
    with running_sandbox(write(LINES)) as (process, printed):
        assert printed["ticks"] == [local("01T06:00"), local("02T06:00")]
        assert (printed["name"], printed["systems"], printed["months"]) == (
            "small",
            ["igate", "ccvc"],
            ["2023-11"],
        )
        assert printed["variables"]["IGATE_URL"] == f"{printed['url']}/igate"
        assert httpx.get(f"{printed['url']}/-/ticks").json()["ticks"] == printed["ticks"]
        out, error = process.communicate(timeout=30)  # closes its stdin
        assert (process.returncode, out, error) == (0, b"", b"")


def test_it_ends_with_its_parent_even_while_a_fault_holds_a_request(write: Write) -> None:
    with running_sandbox(write(LINES)) as (process, printed), httpx.Client(base_url=printed["url"]) as client:
        client.post("/-/faults", json={"system": "ccvc", "kind": "timeout", "seconds": 3600})
        with socket.create_connection((client.base_url.host, client.base_url.port or 0)) as waiting:
            waiting.sendall(b"GET /ccvc/api/records HTTP/1.1\r\nHost: x\r\n\r\n")
            assert any(client.get("/-/faults").json() == {"faults": []} for _ in range(1000))  # the fault has begun
            assert process.communicate(timeout=30) == (b"", b"")
            assert process.returncode == 0


def test_a_cut_reply_is_shorter_than_stated_and_a_timeout_drops_the_connection(write: Write) -> None:
    with (
        running_sandbox(write(LINES)) as (_, printed),
        httpx.Client(base_url=printed["url"], headers=KEY) as client,
    ):
        client.put("/-/clock", json={"now": local("02T06:00")})
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


def error_of(*arguments: str) -> str:
    """The error output of a command that refuses to start."""
    result = subprocess.run(
        [sys.executable, "-m", "sandbox", *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert "Traceback" not in result.stderr
    return result.stderr


def test_a_bad_recording_is_one_paragraph_and_exit_code_2(write: Write) -> None:
    folder = write(LINES)
    (folder / "ccvc/records.jsonl").write_text("{\n")
    error = error_of("--recording", str(folder))
    assert error.startswith("Bad recording: ")
    assert "records.jsonl, line 1" in error
    assert error.count("\n") == 1


def test_an_unavailable_address_is_an_error_in_one_sentence(write: Write) -> None:
    folder = str(write(LINES))
    assert error_of("--recording", folder, "--port", "70000").startswith("Cannot listen on 127.0.0.1:70000")
    assert error_of("--recording", folder, "--host", "203.0.113.1").startswith("Cannot listen on 203.0.113.1:0")
