"""`check` is quick enough to be run at every save."""

import gc
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lienthong.configuration.check import check

ROUTES = 200


@pytest.mark.slow
def test_two_hundred_routes_are_checked_in_less_than_a_second_and_a_half(project: Path) -> None:
    for room in ("letters.yaml", "letters.cases.yaml"):
        text = (project / "routes" / room).read_text(encoding="utf-8")
        for number in range(ROUTES - 1):
            (project / "routes" / room.replace("letters", f"letters-{number}")).write_text(text, encoding="utf-8")
    gc.collect()
    begun = time.process_time()
    assert check(project, {}) == []
    assert time.process_time() - begun < 1.5


def test_conditions_load_no_shell() -> None:
    code = "import sys, lienthong.processing.condition; assert 'prompt_toolkit' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
