"""Which processes count as running."""

import os
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from lienthong.operations.processes import SILENT_AFTER, find_processes
from lienthong.ports import ProcessStatus

NOW = datetime.now(UTC)
HERE = ProcessStatus(
    process="p", pid=os.getpid(), host=socket.gethostname(), role="everything", began_at=NOW, seen_at=NOW
)


def running(process: ProcessStatus, *, embedded: bool = True) -> bool:
    board: Any = SimpleNamespace(is_embedded=embedded, processes=lambda: [process])
    return bool(find_processes(board, NOW).running)


def test_a_process_runs_until_it_ends_or_is_silent_for_long() -> None:
    assert running(HERE)
    assert not running(replace(HERE, ended_at=NOW))
    assert not running(replace(HERE, seen_at=NOW - SILENT_AFTER))


def test_a_killed_process_of_an_embedded_bus_is_noticed_at_once() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        process = replace(HERE, pid=child.pid)
        assert running(process)
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and its parent has not noticed
        assert not running(process)
        child.wait()
        assert not running(process)
        assert running(process, embedded=False), "with servers, it may be a number of another machine"
        assert running(replace(process, host="another"))
