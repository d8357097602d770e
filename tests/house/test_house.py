"""The rules of the project as a whole: rooms, names, sizes, and a reason for every exception."""

import re
import statistics
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "lienthong"
PACKAGES = ("lienthong", "connectors", "store", "reports", "transforms", "schemas", "sandbox")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
PYTHON = [*SOURCES, *sorted((ROOT / "tests").rglob("*.py"))]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

NOUNS = frozenset(
    {
        "data",
        "envelope",
        "errors",
        "frozen_report",
        "masking",
        "notices",
        "outcome",
        "ports",
        "report",
        "recurrence",
        "retry",
        "route",
        "settings",
        "topology",
    }
)
"""The modules of the engine that are no rooms."""
ROOMS = frozenset(
    {
        *(
            "access",
            "adapters",
            "calendars",
            "cli",
            "configuration",
            "connectors",
            "console",
            "dead_letters",
            "http",
            "intake",
        ),
        *("ledger", "maintenance", "messages", "operations", "processing", "requests", "runtime", "scaffold"),
        *("signatures", "subscriptions"),
    }
)
"""The rooms of the engine; not all of them have code yet."""

MOST_FLOORS = 14
MEDIAN_LINES = 90
MOST_LINES = 250

VAGUE = re.compile(
    r"utils?|helpers?|managers?|common|misc|base|shared|stuff|things|tools|places|asking|finding|playing|box|books|hands"
)
"""Names of modules that do not state what a module does."""


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)


def relative(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def test_the_import_contracts_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports"))]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_style_and_types_are_clean() -> None:
    for command in (("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",)):
        result = run(*command)
        assert result.returncode == 0, result.stdout + result.stderr


def test_the_shipped_configuration_has_no_faults_and_its_cases_pass() -> None:
    for command in ("check", "test"):
        result = run("lienthong.cli", command)
        assert result.returncode == 0, result.stdout + result.stderr


def test_the_engine_has_only_nouns_and_rooms_at_its_top() -> None:
    modules = {path.stem for path in ENGINE.iterdir() if path.suffix == ".py"}
    packages = {path.parent.name for path in ENGINE.glob("*/__init__.py")}
    assert modules | packages <= NOUNS | ROOMS | {"__init__", "__main__"}
    assert not (modules & ROOMS)


def test_the_floors_of_the_engine_are_few_and_include_every_module() -> None:
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    (floors,) = [contract for contract in contracts if contract.get("containers") == ["lienthong"]]
    assert floors["type"] == "layers"
    assert floors["exhaustive"] is True
    assert floors["exhaustive_ignores"] == ["__main__"]
    assert len(floors["layers"]) <= MOST_FLOORS


@pytest.mark.parametrize("room", ["routes", "config"])
def test_a_room_of_data_holds_no_python(room: str) -> None:
    assert not list((ROOT / room).rglob("*.py"))


def test_every_route_has_its_cases_beside_it() -> None:
    routes = [path for path in (ROOT / "routes").glob("*.yaml") if not path.name.endswith(".cases.yaml")]
    assert routes
    assert [path.name for path in routes if not path.with_suffix(".cases.yaml").exists()] == []


def test_half_of_the_files_are_short_and_none_is_long() -> None:
    sizes = {path: len(lines(path)) for path in SOURCES}
    assert statistics.median(sizes.values()) <= MEDIAN_LINES
    assert relative([path for path, size in sizes.items() if size > MOST_LINES]) == []


def test_no_module_has_a_vague_name() -> None:
    assert relative([path for path in PYTHON if VAGUE.fullmatch(path.stem)]) == []


def test_the_engine_names_no_government_system() -> None:
    names = re.compile(r"\b(igate|dvcqg|vneid|ccvc|vnpt)\b", re.IGNORECASE)
    assert relative([path for path in ENGINE.rglob("*.py") if names.search(path.read_text("utf-8"))]) == []


def test_every_ignored_rule_carries_its_reason() -> None:
    marked = re.compile(r"#\s*(?:noqa|type:\s*ignore)")
    reason = re.compile(r"#\s*(?:noqa: [A-Z0-9, ]+|type:\s*ignore\[[a-z, -]+\]) +(?:[-–#]) *\w.*")
    without = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in PYTHON
        if path != Path(__file__)
        for number, line in enumerate(lines(path), 1)
        if marked.search(line) and not reason.search(line)
    ]
    assert without == []


def test_every_rule_that_is_ignored_in_pyproject_carries_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    ruff = text[text.index("[tool.ruff.lint]") : text.index("[tool.ruff.lint.mccabe]")]
    rules = [line for line in ruff.splitlines() if re.match(r'\s+"[A-Z]+\d*",', line)]
    assert len(rules) > 5
    assert [line for line in rules if not re.search(r",\s+# \w", line)] == []
    missing_types = [line for line in text.splitlines() if line.startswith(("ignore_missing_imports", "untyped_calls"))]
    assert [line for line in missing_types if " # " not in line] == []


def test_every_dependency_carries_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    lists = re.findall(r"(?:dependencies|project|dev|bench) = \[[^\n]*\n(.*?)\n\]", text, re.DOTALL)
    dependencies = [line for block in lists for line in block.splitlines()]
    assert len(dependencies) > 20
    assert [line for line in dependencies if not re.search(r'^\s+"[^"]+>=[^"]+",\s+# \S', line)] == []


def test_the_unit_tests_mirror_the_rooms() -> None:
    """tests/unit/connectors is for connectors/, tests/unit/lienthong_connectors for lienthong/connectors/."""
    unit = ROOT / "tests" / "unit"
    folders = {path.parent.relative_to(unit) for path in unit.rglob("test_*.py")}
    assert [str(folder) for folder in sorted(folders) if not room_of(folder).is_dir()] == []
    nouns = {path.stem.removeprefix("test_") for path in (unit / "nouns").glob("test_*.py")}
    assert nouns <= NOUNS


def room_of(folder: Path) -> Path:
    """The folder whose code is tested in a folder of tests/unit."""
    first, *inner = folder.parts
    if first == "nouns":
        return ENGINE
    room = first.removeprefix("lienthong_")
    return (ROOT if room == first and room in PACKAGES else ENGINE).joinpath(room, *inner)
