"""The tree of units, by examples and against a small reference of its own that reads the lines of the catalogue."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from transforms.organisations import PROVINCE, Tree, Unit

FIRST = date(2023, 1, 1)


def unit(code: str, parent: str | None = None, **more: Any) -> Unit:
    return Unit(code, parent=parent, **{"starts_on": FIRST, **more})


PROVINCE_UNIT = unit("H08", level=PROVINCE)


def test_a_merged_commune_stands_under_its_successor_from_the_day_on() -> None:
    units = [
        PROVINCE_UNIT,
        unit("H08.36", "H08"),
        unit("H08.36.02", "H08.36", ends_on=date(2024, 2, 16), successors=("H08.36.06",)),
        unit("H08.36.06", "H08.36", starts_on=date(2024, 2, 16)),
    ]
    before, after = Tree.at(units, date(2024, 2, 15)), Tree.at(units, date(2024, 2, 16))
    assert before.path("H08.36.02") == ("H08.36.02", "H08.36", "H08")
    assert after.path("H08.36.02") == ("H08.36.02", "H08.36.06", "H08.36", "H08")
    assert (before.in_force("H08.36.02"), after.in_force("H08.36.02")) == (True, False)
    assert "H08.36.06" not in before
    assert after.heir("H08.36.02") == "H08.36.06"


def test_a_moved_unit_has_the_parent_of_the_day() -> None:
    units = [unit("S", "A", ends_on=date(2024, 2, 16)), unit("S", "B", starts_on=date(2024, 2, 16), name="Mới")]
    assert Tree.at(units, date(2024, 2, 15)).path("S") == ("S", "A")
    assert Tree.at(units, date(2024, 2, 16)).path("S") == ("S", "B")
    assert Tree.at(units, date(2024, 2, 16)).name("S") == "Mới"


def test_districts_are_gone_after_july_2025_and_a_chain_of_successors_leads_to_the_last() -> None:
    end = date(2025, 7, 1)
    units = [
        unit("H08", level=PROVINCE, ends_on=end, successors=("G09",)),
        unit("H08.31", "H08", ends_on=end, successors=("G09.01",)),
        unit("H08.31.01", "H08.31", ends_on=date(2024, 1, 1), successors=("H08.31.02",)),
        unit("H08.31.02", "H08.31", ends_on=end, successors=("G09.01",)),
        unit("G09", level=PROVINCE, starts_on=end),
        unit("G09.01", "G09", starts_on=end),
    ]
    today = Tree.at(units, date(2026, 1, 1))
    assert today.heir("H08.31.01") == "G09.01"
    assert today.path("H08.31.01")[-1] == "G09"
    assert today.codes() == ["G09", "G09.01"]
    assert Tree.at(units, date(2025, 6, 30)).path("H08.31.01") == ("H08.31.01", "H08.31.02", "H08.31", "H08")


def test_a_unit_is_found_by_the_code_that_it_had_on_the_day() -> None:
    changed = date(2024, 2, 16)
    units = [
        unit("A", codes={"igate": "1", "dvcqg": "x"}, ends_on=changed),
        unit("B", codes={"igate": "1"}, starts_on=changed),
        unit("A", codes={"igate": "2"}, starts_on=changed),
    ]
    tree = Tree.at(units, date(2024, 3, 31))
    assert tree.find("igate", "1", date(2024, 2, 15)) == "A"
    assert tree.find("igate", "1", date(2024, 2, 16)) == "B"
    assert tree.find("igate", "2", date(2024, 1, 1)) == "A", "a code that it got later"
    assert tree.find("dvcqg", "x") == "A", "a code that it had once"
    assert tree.find("dvcqg", "1") is None
    assert tree.find("igate", None) is None


def test_records_in_a_circle_end() -> None:
    units = [unit("A", "B"), unit("B", "A"), unit("C", "A", ends_on=FIRST, successors=("C",))]
    tree = Tree.at(units, date(2024, 1, 1))
    assert tree.path("A") == ("A", "B")
    assert tree.path("C") == ("C",)
    assert tree.heir("C") == "C"


def test_without_a_tree_a_unit_is_alone() -> None:
    assert Tree.at([], FIRST).path("H08.31") == ("H08.31",)
    assert not Tree.at([], FIRST)


def reference_path(lines: Sequence[Unit], code: str, day: date) -> list[str]:
    """Step by step, as the contract states it: the newest line not later than the day; ended: under the successor."""
    steps = [code]
    while True:
        lines_of = [line for line in lines if line.code == steps[-1] and line.starts_on <= day]
        if not lines_of:
            return steps
        line = max(lines_of, key=lambda one: one.starts_on)
        following = line.parent
        if line.ends_on is not None and line.ends_on <= day and line.successors:
            known = [one for one in line.successors if any(o.code == one and o.starts_on <= day for o in lines)]
            following = (known or list(line.successors))[0]
        if following is None or following in steps:
            return steps
        steps.append(following)


def generated(random_: random.Random) -> list[Unit]:
    """A province of four levels in which units move, are renamed, merge and split, and some come late."""
    lines = {code: [unit(code, code.rpartition(".")[0] or None)] for code in _codes()}
    for step in range(60):
        code = random_.choice(sorted(lines))
        last = lines[code][-1]
        day = last.starts_on + timedelta(days=random_.randrange(1, 400))
        if last.ends_on is not None or code == "H":
            continue
        possible = [one for one in sorted(lines) if one != code and lines[one][-1].ends_on is None]
        match random_.choice(["move", "rename", "merge", "split"]):
            case "merge":
                lines[code][-1] = _ended(last, day, [random_.choice(possible)])
            case "split":
                new = [f"{code}s{step}", f"{code}t{step}"]
                lines[code][-1] = _ended(last, day, new)
                late = day + timedelta(days=random_.choice([0, 0, 40]))
                lines |= {one: [unit(one, last.parent, starts_on=late)] for one in new}
            case kind:
                parent = random_.choice(possible) if kind == "move" else last.parent
                lines[code][-1] = _ended(last, day, [])
                lines[code].append(unit(code, parent, starts_on=day, name=f"name {step}"))
    return [line for of_code in lines.values() for line in of_code]


def _codes() -> list[str]:
    return ["H", *(f"H.{a}" for a in range(5)), *(f"H.{a}.{b}" for a in range(5) for b in range(4)), "H.0.0.0"]


def _ended(line: Unit, day: date, successors: Sequence[str]) -> Unit:
    return unit(line.code, line.parent, starts_on=line.starts_on, ends_on=day, successors=tuple(successors))


def test_paths_are_those_of_the_reference() -> None:
    compared = 0
    for seed in range(30):
        random_ = random.Random(seed)
        lines = generated(random_)
        random_.shuffle(lines)
        for day in (FIRST, date(2023, 8, 1), date(2024, 3, 1), date(2027, 1, 1)):
            tree = Tree.at(lines, day)
            for code in {line.code for line in lines}:
                assert list(tree.path(code)) == reference_path(lines, code, day), (seed, day, code)
                compared += 1
    assert compared > 2_000
