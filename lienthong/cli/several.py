"""`lienthong run --processes N`: one process that watches, N that work."""

import sys
from contextlib import closing

from rich.console import Console

from lienthong.adapters.clock import SystemClock
from lienthong.cli import context
from lienthong.cli.balance import print_summary
from lienthong.cli.output import print_text
from lienthong.messages import message_n
from lienthong.operations.balance import current_balance
from lienthong.runtime.composition import open_storage
from lienthong.runtime.project import Project
from lienthong.runtime.roles import NothingShared
from lienthong.runtime.signals import stop_signal
from lienthong.runtime.supervisor import CHECK_SECONDS, WATCHED, Supervisor


def run(project: Project, console: Console, *, processes: int) -> int:
    """Serve with this many processes until a signal stops them. Returns the exit code.

    Raises `NothingShared` on the embedded broker, before anything is opened.
    """
    endpoints = project.endpoints
    if endpoints.broker.startswith("memory:"):
        raise NothingShared(f"--processes {processes}")
    settings = project.settings()  # its errors are reported once, not by each process
    place = ["--project", str(project.folder), "--data", str(project.data)]
    command = [sys.executable, "-P", "-m", "lienthong", "run", *place, WATCHED]
    # Opened first: a database that is away, or older than this version, is reported by one process only.
    with stop_signal() as stop, closing(open_storage(settings, endpoints, SystemClock(), world="live")) as storage:
        with Supervisor(command, processes, report=lambda text: print_text(console, text)) as supervisor:
            text = message_n(
                "Lienthong is running with {count} process; press Ctrl+C to stop.",
                "Lienthong is running with {count} processes; press Ctrl+C to stop.",
                count=processes,
            )
            print_text(console, text)
            while not stop.wait(CHECK_SECONDS):
                supervisor.check()
        balance = current_balance(storage.ledger)
    print_summary(console, balance)
    return context.FAULT if balance.faults or supervisor.unfinished else context.OK
