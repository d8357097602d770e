"""How the tests run: all of them on all cores, a part of them in one process. See README.md in this folder."""

import gc
import os
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
"""Tests start the command line some hundred times; without compiled files each start takes a third longer."""

gc.set_threshold(100_000, 50, 100)
"""As in a process of the bus. What is imported and collected stays; looking through it costs a seventh of the time."""

settings.register_profile("lienthong", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.register_profile("quick", deadline=None, max_examples=25)
settings.load_profile("ci" if os.environ.get("CI") else "lienthong")
"""An example has no deadline: on a busy machine the time of one proves nothing. In continuous integration the examples
are the same every time, so that a failure belongs to the change; elsewhere they differ from run to run. `make quick`
tries a quarter of them (`--hypothesis-profile quick`).
"""

structlog.configure(
    processors=[
        structlog.stdlib.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)
"""structlog's own form shows all values of every frame: seconds of CPU for one exception."""

HERE = Path(__file__).parent
MOST_PROCESSES = 4
"""Each process starts separate servers. With more processes the longest file decides how long the tests take."""


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One process for each core and one more when all tests run, since many wait for servers; none more for a part.

    A named broker is cleaned before each test, so only one process may use it.
    """
    all_tests = all((config.invocation_params.dir / path).resolve() in (HERE, HERE.parent) for path in config.args)
    if not all_tests or "LIENTHONG_TEST_RABBITMQ_URL" in os.environ:
        return 0
    return min(MOST_PROCESSES, (os.cpu_count() or 1) + 1)
