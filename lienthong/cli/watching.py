"""`--watch`: show the same again and again until Ctrl+C."""

from collections.abc import Callable

from rich.console import Console

from lienthong.adapters.clock import SystemClock
from lienthong.cli.output import print_text
from lienthong.data.local_time import local_time
from lienthong.messages import message
from lienthong.runtime.signals import stop_signal


def watch(console: Console, seconds: float | None, show: Callable[[], int]) -> int:
    """Show once, or every `seconds` until a signal. Returns the exit code of what was shown last."""
    if seconds is None:
        return show()
    with stop_signal() as stop:
        while True:
            console.clear()
            now = local_time(SystemClock().now())
            print_text(console, message("{time}, every {seconds} s; Ctrl+C ends it.", time=now, seconds=seconds), "dim")
            code = show()
            if stop.wait(seconds):
                return code
