"""How the suite runs: the whole of it on all cores, a part of it in one process. See README.md beside this file."""

import os
from pathlib import Path

import pytest

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
"""Tests start the command line some hundred times; compiled anew, each start costs a third more."""

HERE = Path(__file__).parent
AT_MOST = 4
"""Each process has servers of its own, and beyond these the longest file alone decides how long it takes."""


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """A process for each core when everything is asked for; none beside this one for a part, which then starts at once.

    A named broker is swept clean before each test, so only one process may use it.
    """
    everything = all((config.invocation_params.dir / asked).resolve() in (HERE, HERE.parent) for asked in config.args)
    if not everything or "LIENTHONG_TEST_RABBITMQ_URL" in os.environ:
        return 0
    return min(AT_MOST, os.cpu_count() or 1)
