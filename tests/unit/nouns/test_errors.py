"""Findings as text; and the drawing in `lienthong/errors.py` is the same as the classes."""

import importlib
import pkgutil
from collections.abc import Iterator

import lienthong
from lienthong import errors
from lienthong.errors import Finding, LienthongError


def test_every_error_of_the_engine_stands_in_the_drawing_under_its_base() -> None:
    for module in pkgutil.walk_packages(lienthong.__path__, "lienthong."):
        if "migrations.versions" not in module.name and not module.name.endswith(("__main__", "migrations.env")):
            importlib.import_module(module.name)
    drawn = dict(_drawn(errors.__doc__ or ""))
    assert drawn == {one.__name__: base for one, base in _classes(LienthongError)}


def _drawn(text: str) -> Iterator[tuple[str, str]]:
    """(error, its base) by the indentation of the drawing."""
    above: list[str] = []
    for line in text.splitlines():
        start, mark, rest = line.partition("── ")
        if not mark:
            above = [line.strip()] if line.strip() == LienthongError.__name__ else above
            continue
        depth = len(start) // 4 + 1
        name = rest.split()[0]
        yield name, above[depth - 1]
        above[depth:] = [name]


def _classes(base: type[LienthongError]) -> Iterator[tuple[type[LienthongError], str]]:
    for one in base.__subclasses__():
        if one.__module__.startswith("lienthong.") and not one.__name__.startswith("_"):
            yield one, base.__name__
            yield from _classes(one)


def test_a_finding_in_a_file_names_file_line_and_column() -> None:
    finding = Finding("config/bus.yaml", 3, 12, "LT101", "what", "advice")
    assert str(finding) == "config/bus.yaml:3:12: LT101 what → advice"


def test_a_finding_about_a_server_names_the_server_alone() -> None:
    finding = Finding("amqp://broker:5672/x", 0, 0, "LT801", "what", "advice")
    assert str(finding) == "amqp://broker:5672/x: LT801 what → advice"
