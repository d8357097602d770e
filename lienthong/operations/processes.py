"""The processes of the bus: which of them live, by what they wrote of themselves."""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from lienthong.ports import ProcessStatus, StatusBoard

SILENT_AFTER = timedelta(seconds=90)
"""A process that was not heard of for so long counts as gone. It writes every 15 seconds, a busy one somewhat later."""

BRIEF_ROLES = ("until-done", "recording", "replay")
"""Roles of processes that end by themselves: their absence is no fault."""


@dataclass(frozen=True, slots=True)
class Processes:
    """Who works on this ledger. `last` is the one that began last; None when none ever did."""

    running: Sequence[ProcessStatus]
    last: ProcessStatus | None

    def lives(self, process: str) -> bool:
        return any(one.process == process for one in self.running)

    @property
    def should_run(self) -> bool:
        """Whether the last process was to run for ever."""
        return self.last is not None and self.last.role not in BRIEF_ROLES


def find_processes(board: StatusBoard, now: datetime) -> Processes:
    """The processes as the board has them at `now`."""
    known = board.processes()
    running = [one for one in known if is_alive(one, now) and not (board.is_embedded and _was_killed(one))]
    return Processes(running, known[0] if known else None)


def is_alive(process: ProcessStatus, now: datetime) -> bool:
    """Whether it has not ended and was heard of lately."""
    return process.ended_at is None and now - process.seen_at < SILENT_AFTER


def _was_killed(process: ProcessStatus) -> bool:
    """Whether the machine does not have the process any more, however lately it was heard of."""
    if process.host != socket.gethostname():
        return False
    try:
        os.kill(process.pid, 0)
        state = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
    except ProcessLookupError:
        return True
    except OSError:  # another account's process, or a machine without /proc
        return False
    return state.split()[0] == "Z"  # it has ended, and its parent has not noticed yet


def process_json(process: ProcessStatus) -> dict[str, Any]:
    return {
        "pid": process.pid,
        "host": process.host,
        "role": process.role,
        "began": process.began_at.isoformat(),
        "seen": process.seen_at.isoformat(),
        "ended": process.ended_at.isoformat() if process.ended_at else None,
    }
