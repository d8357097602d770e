"""`lienthong run --processes N`: one process that watches, N that work."""

import sys
from contextlib import closing

from rich.console import Console

from lienthong.adapters.clock import SystemClock
from lienthong.cli import context
from lienthong.cli.running import summary
from lienthong.runtime.composition import open_storage
from lienthong.runtime.project import Project
from lienthong.runtime.roles import NothingShared
from lienthong.runtime.signals import stop_signal
from lienthong.runtime.supervisor import LOOK, WATCHED, Supervisor


def run(project: Project, console: Console, *, processes: int) -> int:
    """Serve with so many processes until told to stop. Returns the exit code.

    Raises `NothingShared` on the embedded broker, before anything is opened.
    """
    places = project.endpoints
    if places.broker.startswith("memory:"):
        raise NothingShared(f"--processes {processes}")
    settings = project.settings()  # its faults are told once, not by each
    place = ["--project", str(project.folder), "--data", str(project.data)]
    command = [sys.executable, "-P", "-m", "lienthong.cli", "run", *place, WATCHED]
    # Opened first: a database that is away, or older than we are, is one process's business.
    with stop_signal() as stop, closing(open_storage(settings, places, SystemClock())) as storage:
        with Supervisor(command, processes, tell=lambda text: console.print(text, highlight=False)) as watch:
            console.print(f"Lienthong đang chạy với {processes} tiến trình; nhấn Ctrl+C để dừng.")
            while not stop.wait(LOOK):
                watch.look()
        balance = storage.ledger.balance()
    summary(console, balance, [], None)
    return context.FAULT if balance.faults or watch.unfinished else context.OK
