"""Whatever bytes lie in the configuration, `check` answers with findings and raises nothing."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lienthong.configuration.cases import run_cases
from lienthong.configuration.check import examine
from lienthong.configuration.explain import explain
from lienthong.errors import Finding

pytestmark = pytest.mark.slow

SOUND = Path(__file__).parent / "sound"
FILES = sorted(path.relative_to(SOUND).as_posix() for path in SOUND.rglob("*.yaml"))
quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@contextmanager
def broken(place: str, body: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for room in ("routes", "config"):
            shutil.copytree(SOUND / room, root / room)
        (root / place).write_bytes(body)
        yield root


def checked(place: str, body: bytes) -> list[Finding]:
    """The findings: each has an existing place, a code and an advice. What was understood can be explained and run."""
    with broken(place, body) as root:
        configuration, findings = examine(root, {"LIENTHONG_ENV": "production"})
        for route in configuration.routes.values():
            assert explain(route, configuration)
        run_cases(root, configuration)
    lines = body.count(b"\n") + body.count(b"\r") + body.count(b"\x85") + 1
    for finding in findings:
        assert finding.what
        assert finding.advice
        assert finding.column >= 1
        assert finding.line >= 1
        assert finding.file != place or finding.line <= lines + 2 * body.count(b"\xe2\x80") + 1
    return findings


@quick
@given(st.sampled_from(FILES), st.binary(max_size=200))
def test_any_bytes(place: str, body: bytes) -> None:
    checked(place, body)


@quick
@given(st.sampled_from(FILES), st.text(alphabet="ab: -[]{}#&*!|>'\"%@`,?\n\t~<=0123.:${}-", max_size=200))
def test_any_text_of_yamls_own_signs(place: str, body: str) -> None:
    checked(place, body.encode())


def _without_line(lines: list[str], at: int, _: str) -> list[str]:
    return lines[:at] + lines[at + 1 :]


def _twice(lines: list[str], at: int, _: str) -> list[str]:
    return [*lines[: at + 1], *lines[at:]]


def _indented(lines: list[str], at: int, _: str) -> list[str]:
    return [*lines[:at], " " + lines[at], *lines[at + 1 :]]


def _other_value(lines: list[str], at: int, value: str) -> list[str]:
    return [*lines[:at], lines[at].partition(":")[0] + ": " + value, *lines[at + 1 :]]


def _inserted(lines: list[str], at: int, value: str) -> list[str]:
    middle = len(lines[at]) // 2
    return [*lines[:at], lines[at][:middle] + value + lines[at][middle:], *lines[at + 1 :]]


ODD_VALUES = """
~|1|-1|1.5|yes|2023-11-01|[]|{}|[1, {a: b}]|{a: [1]}|""|5s|99999999999d|999999999d|os.path|sample_parts.letters.many|*x
&x a|&x [*x]|!!set {a}|${A}|${A:-5}|>|0x1F|0o7|1_000|12:30:45|.inf|.nan|2023-02-30|'|"|đ|data.a ==|1 < 2|{<<: {a: 1}}
=|<<
""".replace("\n", "|").split("|")  # fmt: skip
LONG_VALUES = [
    "1" * 5000,
    "[" * 50,
    "!" * 900 + "true",
    "(" * 999,
    "1" + "+1" * 499,
    "data" + ".a" * 490,
    "\t",
    "\0",
    "|",
]
VALUES = st.sampled_from(ODD_VALUES + LONG_VALUES)
CHANGES: list[Callable[[list[str], int, str], list[str]]] = [_without_line, _twice, _indented, _other_value, _inserted]


@settings(quick, max_examples=400)
@given(st.sampled_from(FILES), st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(0, 30), VALUES), max_size=3))
def test_any_change_of_a_sound_file(
    place: str, changes: list[tuple[Callable[[list[str], int, str], list[str]], int, str]]
) -> None:
    lines = (SOUND / place).read_text(encoding="utf-8").splitlines()
    for change, at, value in changes:
        lines = change(lines, at % len(lines), value) or [""]
    findings = checked(place, ("\n".join(lines) + "\n").encode())
    assert changes or not findings


def test_aliases_that_double_and_double_do_not_use_up_the_machine() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
    )
    assert "LT110" in {finding.code for finding in checked("config/tables/kinds.yaml", bomb.encode())}


def test_nesting_without_end_does_not_use_up_the_stack() -> None:
    for body in ("[" * 200_000, "- " * 200_000, "{a: " * 200_000, "a:\n" + "  - &x [*x]\n" * 9):
        assert checked("config/tables/kinds.yaml", body.encode())
