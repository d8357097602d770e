"""Spelling: codespell reads the whole repository; every word it must accept has its reason."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_codespell_finds_nothing() -> None:
    command = [str(Path(sys.executable).with_name("codespell"))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_accepted_word_carries_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    block = re.search(r"ignore-words-list = \[\n(.*?)\n\]", text, re.DOTALL)
    assert block
    assert [line for line in block[1].splitlines() if not re.search(r'^\s+"\w+",\s+# \S', line)] == []
