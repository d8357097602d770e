"""Prometheus' own tool proves the rules for alarms, the scrape configuration and the form of the figures."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.services import packages
from tests.unit.http.conftest import ROOT, Caller, open_app, open_service

FOLDER = ROOT / "deploy" / "prometheus"


@cache
def promtool() -> str:
    """The tool; it is installed if missing. If that fails the test fails, with what to do."""
    if not shutil.which("promtool"):
        packages.install("prometheus", lambda: bool(shutil.which("promtool")))
    found = shutil.which("promtool")
    assert found, "these tests need promtool: apt-get install -y --no-install-recommends prometheus"
    return found


def run(folder: Path, *words: str, given: str = "") -> None:
    done = subprocess.run(
        [promtool(), *words], cwd=folder, input=given, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "command",
    [("check", "config", "prometheus.yml"), ("check", "rules", "alerts.yaml"), ("test", "rules", "alerts.test.yaml")],
    ids=" ".join,
)
def test_promtool_agrees(command: tuple[str, ...]) -> None:
    run(FOLDER, *command)


def test_promtool_finds_no_fault_in_the_figures(tmp_path: Path) -> None:
    service = open_service(tmp_path)
    try:
        text = Caller(open_app(service))("GET", "/metrics").text
    finally:
        service.storage.close()
    run(tmp_path, "check", "metrics", given=text)
