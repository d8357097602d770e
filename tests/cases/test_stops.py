"""A stop ends the process within ten seconds, whatever a source is doing."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.command_line import ROOT

STOP_SECONDS = 10.0


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"])
def test_a_source_that_hangs_does_not_outlive_a_stop(head: bytes, tmp_path: Path) -> None:
    asked, over = threading.Event(), threading.Event()

    def answer(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65536)
            connection.sendall(head)
            asked.set()
            while not over.wait(0.2):  # one byte at a time, for as long as anyone reads
                connection.sendall(b"a" if head else b"")

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        names = ("IGATE_URL", "CCVC_URL", "VNEID_URL", "DVCQG_URL", "PROCEDURES_URL")
        process = subprocess.Popen(
            [sys.executable, "-m", "lienthong.cli", "run", "--until-done", "--data", str(tmp_path)],
            cwd=ROOT,
            env={**os.environ, **dict.fromkeys(names, url)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert asked.wait(60), "no source asked anything"
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=60)
        over.set()
    assert time.monotonic() - began < STOP_SECONDS, output
    assert process.returncode in (0, 1) and "Traceback" not in output, output
