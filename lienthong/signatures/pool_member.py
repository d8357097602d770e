"""One process of the pool, as the pool sees it."""

import json
import os
import pickle
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lienthong.signatures.limits import Limits
from lienthong.signatures.pool_frames import Ended, receive, send
from lienthong.signatures.pool_process import READY

_START_SECONDS = 60.0
_MOST_JUDGEMENTS = 2_000
"""After these a process is replaced, so that what parsers leave behind does not pile up."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a file; see `judge`."""

    profile: str
    at: datetime
    known_since: datetime | None = None


class Member:
    """A process and the socket to it. It is used by one thread at a time; any thread may `end` it.

    Making one raises `OSError` when no process can be started.
    """

    def __init__(self) -> None:
        self.channel, inside = socket.socketpair()
        try:
            self.process = _start(inside)
        except OSError:
            self.channel.close()
            raise
        finally:
            inside.close()
        self._warm_by = time.monotonic() + _START_SECONDS
        self._warm = False
        self._judged = 0
        self._used_before: float | None = 0.0
        self.is_judging = False

    @property
    def usable(self) -> bool:
        return self.process.poll() is None and self._judged < _MOST_JUDGEMENTS

    def wait_until_warm(self) -> None:
        """Raises `Ended` for a process that does not start, `TimeoutError` for one that does not start in time."""
        if not self._warm:
            if receive(self.channel, until=self._warm_by) != READY:
                raise Ended
            self._warm = True

    def send_trust(self, digest: str, pickled: bytes, limits: Limits) -> None:
        """Send limits and trust; its bytes only where they are new there."""
        send(self.channel, pickle.dumps(limits), digest.encode())
        if receive(self.channel, until=time.monotonic() + limits.wall_seconds) == b"new":
            send(self.channel, pickled)

    def send_file(self, content: bytes, question: Question) -> None:
        self._judged += 1
        self._used_before = _processor_seconds(self.process.pid)
        self.is_judging = True
        known_since = question.known_since and question.known_since.isoformat()
        asked = [question.profile, question.at.isoformat(), known_since]
        send(self.channel, json.dumps(asked).encode(), content)

    def receive(self, until: float) -> bytes:
        answer = receive(self.channel, until=until)
        self.is_judging = False
        return answer

    def processor_seconds(self) -> float | None:
        """What the judgement that is going on has used; None where this system does not tell."""
        used = _processor_seconds(self.process.pid)
        return None if used is None or self._used_before is None else used - self._used_before

    def end(self) -> int:
        """Kill it if it lives, take its exit code, and close the socket."""
        self.process.kill()
        code = self.process.wait()
        self.channel.close()
        return code


def _start(inside: socket.socket) -> "subprocess.Popen[bytes]":
    # A session of its own: an interrupt at the terminal is for the parent, which ends its processes.
    return subprocess.Popen(  # noqa: S603 - this package's module, under this interpreter
        [sys.executable, "-m", "lienthong.signatures.pool_process", str(inside.fileno())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(inside.fileno(),),
        env={**os.environ, "PYTHONPATH": _paths()},
        start_new_session=True,
    )


def _processor_seconds(process_id: int) -> float | None:
    try:
        status = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii")
    except OSError:
        return None
    fields = status.rpartition(")")[2].split()  # the name before it may hold anything
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _paths() -> str:
    """Where the process finds this package, before what was set."""
    return os.pathsep.join(filter(None, (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH"))))
