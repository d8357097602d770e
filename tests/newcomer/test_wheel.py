"""The wheel: the engine with all it needs, and nothing else."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import lienthong
from tests.newcomer.conftest import ROOT, Newcomer


def test_it_contains_the_engine_and_its_metadata_only(files_of_wheel: Sequence[str]) -> None:
    tops = {name.partition("/")[0] for name in files_of_wheel}
    assert tops == {"lienthong", f"lienthong-{lienthong.__version__}.dist-info"}
    assert any(name.endswith("/licenses/LICENSE") for name in files_of_wheel)


def test_it_contains_every_file_of_the_engine(files_of_wheel: Sequence[str]) -> None:
    """Migrations, message catalogues and the scaffold are data: they are easily forgotten."""
    listed = subprocess.run(["git", "ls-files", "lienthong"], cwd=ROOT, capture_output=True, text=True, check=True)
    ours = {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}
    assert {Path(name).suffix for name in ours} >= {".py", ".sql", ".mo", ".template"}
    assert {name for name in files_of_wheel if name.startswith("lienthong/")} == ours


def test_no_name_of_a_project_is_installed(newcomer: Newcomer) -> None:
    for package in ("connectors", "store", "reports", "schemas", "transforms", "sandbox", "tests"):
        assert newcomer.run("python", "-c", f"import {package}").returncode == 1


def test_the_version_is_shown_both_ways(newcomer: Newcomer) -> None:
    wanted = f"lienthong {lienthong.__version__}"
    assert newcomer.lienthong("--version").strip() == wanted
    assert newcomer.run("python", "-m", "lienthong", "--version").stdout.strip() == wanted


def test_outside_a_project_a_command_states_what_to_do(newcomer: Newcomer) -> None:
    assert "lienthong init" in newcomer.lienthong("check", code=2)
