"""The repository itself: import contracts, rooms, names, reasons."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("lienthong", "connectors", "store", "reports", "transforms", "schemas", "sandbox")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_arrows_between_the_rooms_hold() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_style_and_types_are_clean() -> None:
    for command in (("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",)):
        done = run(*command)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_shipped_configuration_is_sound_and_its_cases_pass() -> None:
    for command in ("check", "test"):
        done = run("lienthong.cli", command)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("room", ["routes", "config"])
def test_a_data_room_holds_no_python(room: str) -> None:
    assert not list((ROOT / room).rglob("*.py"))


def test_every_route_has_its_cases_beside_it() -> None:
    routes = [path for path in (ROOT / "routes").glob("*.yaml") if not path.name.endswith(".cases.yaml")]
    assert routes
    assert [path.name for path in routes if not path.with_suffix(".cases.yaml").exists()] == []


def test_no_file_is_longer_than_250_lines() -> None:
    assert [(str(p.relative_to(ROOT)), n) for p in SOURCES if (n := len(p.read_text("utf-8").splitlines())) > 250] == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    vague = re.compile(r"^(utils?|helpers?|common|misc|base|manager)$")
    assert [str(path.relative_to(ROOT)) for path in SOURCES if vague.match(path.stem)] == []


def test_the_engine_names_no_government_system() -> None:
    names = re.compile(r"\b(igate|dvcqg|vneid|ccvc|vnpt)\b", re.IGNORECASE)
    found = [str(path.relative_to(ROOT)) for path in SOURCES if path.parts[len(ROOT.parts)] == "lienthong"]
    assert [path for path in found if names.search((ROOT / path).read_text("utf-8"))] == []


def test_every_ignored_rule_carries_its_reason() -> None:
    bare = re.compile(r"#\s*(noqa|type:\s*ignore)[^#\-–]*$")
    marked = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if bare.search(line)
    ]
    assert marked == []


def test_every_dependency_carries_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    lists = re.findall(r"(?:dependencies|project|dev|bench) = \[[^\n]*\n(.*?)\n\]", text, re.DOTALL)
    lines = [line for block in lists for line in block.splitlines()]
    assert len(lines) > 20
    assert [line for line in lines if not re.search(r'^\s+"[^"]+>=[^"]+",\s+# \S', line)] == []
