"""Kills a process at a chosen moment: before or after any call that changes files or commits a transaction."""

import os
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection

CALLS = ("write", "fsync", "utime", "replace", "unlink", "mkdir")
KILLED = 9
_MOST = 500


def deaths(work: Callable[[], object]) -> Iterator[int]:
    """Do `work` in a child process that dies at its first moment, then in one that dies at its second, and so on.

    Yields the number of the moment after each death, and ends with the child that lives to the end of its work. What
    `work` raises ends the test.
    """
    for last in range(1, _MOST):
        child = os.fork()
        if child == 0:
            _live(work, last)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        assert code in (0, KILLED), f"the work failed in the child that was to die at moment {last}"
        yield last
        if code == 0:
            return
    raise AssertionError("the work never ends")


def _live(work: Callable[[], object], last: int) -> None:
    """Never returns: nothing of the test runner may run in the child."""
    moments = iter(range(1, last))

    def tick() -> None:
        if next(moments, None) is None:
            os._exit(KILLED)

    def mortal(call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any, **named: Any) -> Any:
            tick()
            result = call(*given, **named)
            tick()
            return result

        return run

    for name in CALLS:
        setattr(os, name, mortal(getattr(os, name)))
    setattr(Connection, "commit", mortal(Connection.commit))  # noqa: B010 - in this process alone, which ends
    try:
        work()
    except BaseException as error:  # noqa: BLE001 - it is shown, and the test fails
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
        os._exit(1)
    os._exit(0)
