"""Units in files: what they state, what is wrong between them, and how they complete the catalogue of the source."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from transforms.organisation_files import OrganisationFiles, merge
from transforms.organisations import Tree, Unit

EXAMPLE = Path(__file__).parents[3] / "config" / "organisations" / "binh-dinh.yaml.example"
DAY = date(2024, 1, 1)


def files(*units: dict[str, Any]) -> OrganisationFiles:
    return OrganisationFiles.model_validate({"units": list(units)})


def faults(**named: OrganisationFiles) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(fault.file, fault.path) for fault in OrganisationFiles.faults(named)]


def test_the_example_has_districts_in_2023_and_communes_in_2025() -> None:
    example = OrganisationFiles.model_validate(yaml.safe_load(EXAMPLE.read_text(encoding="utf-8")))
    assert faults(example=example) == []
    units = merge([], example)
    before, after = Tree.at(units, date(2023, 11, 30)), Tree.at(units, date(2025, 7, 31))
    assert before.path("H08.17.02.01") == ("H08.17.02.01", "H08.17.02", "H08.17", "H08")
    assert after.path("H08.17.02.01") == ("H08.17.02.01", "H08.17.02", "H08.40", "H08", "H21")
    assert before.in_force("H08.31") and after.heir("H08.31") == "H21.100"
    assert before.find("igate", "000.00.17.H08") == "H08.17"


def test_the_source_counts_and_a_file_fills_what_it_leaves_empty() -> None:
    stored = [Unit("A", "Sở A", codes={"igate": "1"}, starts_on=DAY), Unit("B", ends_on=DAY), Unit("E")]
    written = files(
        {
            "code": "A",
            "name": "Khác",
            "email": "a@example.vn",
            "codes": {"igate": "2", "ccvc": "SA"},
            "receives": False,
        },
        {"code": "B", "successors": ["A"], "until": "2024-01-01"},
        {"code": "C", "parent": "A", "predecessors": ["D"]},
        {"code": "D", "until": "2024-01-01"},
    )
    found = {unit.code: unit for unit in merge(stored, written)}
    assert (found["A"].name, found["A"].email) == ("Sở A", "a@example.vn")
    assert (found["A"].receives, found["E"].receives) == (False, True)
    assert found["A"].codes == {"igate": "1", "ccvc": "SA"} and found["A"].starts_on == DAY
    assert (found["B"].successors, found["C"].parent, found["D"].successors) == (("A",), "A", ("C",))
    assert merge(stored, OrganisationFiles()) == stored


def test_of_several_versions_in_a_file_the_one_that_holds_when_the_sources_begins_completes_it() -> None:
    written = files(
        {"code": "A", "email": "old@example.vn", "until": "2024-01-01"},
        {"code": "A", "email": "new@example.vn", "since": "2024-01-01"},
    )
    stored = [Unit("A", starts_on=date(2020, 1, 1), ends_on=DAY), Unit("A", starts_on=DAY)]
    assert [unit.email for unit in merge(stored, written)] == ["old@example.vn", "new@example.vn"]


@pytest.mark.parametrize(
    "unit",
    [
        {"code": "A", "since": "2024-01-01", "until": "2024-01-01"},
        {"code": "A", "parent": "A"},
        {"code": "A", "successors": ["A"]},
        {"code": "A", "level": "ministry"},
        {"code": "A", "email": "office"},
        {"code": "../A"},
        {"code": "A", "colour": "red"},
    ],
)
def test_a_unit_that_cannot_be_is_refused(unit: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        files(unit)


def test_two_versions_at_one_time_and_a_circle_are_named_with_their_file_and_key() -> None:
    first = files({"code": "A", "since": "2020-01-01"}, {"code": "B", "parent": "C"}, {"code": "C", "parent": "B"})
    second = files({"code": "Z"}, {"code": "A", "since": "2022-01-01"})
    assert faults(first=first, second=second) == [
        ("second", ("units", 1, "since")),
        ("first", ("units", 1, "parent")),
        ("first", ("units", 2, "parent")),
    ]
    ended = files({"code": "A", "until": "2022-01-01"})
    assert faults(first=ended, second=second) == []
