"""`--watch` shows the same again and again, and a signal ends it in order."""

import io
import os
import signal

from lienthong.cli.safe_console import SafeConsole
from lienthong.cli.watching import watch


def test_it_is_shown_once_without_watch_and_until_a_signal_with_it() -> None:
    console = SafeConsole(file=io.StringIO())
    shown: list[int] = []

    def show() -> int:
        shown.append(len(shown))
        if len(shown) == 4:
            os.kill(os.getpid(), signal.SIGINT)
        return 1 if len(shown) == 4 else 0

    assert watch(console, None, show) == 0 and shown == [0]
    assert watch(console, 0.01, show) == 1, "the exit code is that of the last look"
    assert len(shown) >= 4
