"""Procedures of the catalogue: levels in every spelling, papers of every shape, and hostile values."""

from typing import Any

import pytest

from lienthong.errors import Rejected
from tests.unit.transforms.recorded_events import received_event
from transforms.procedure_catalogue import from_portal

LEVELS = {"mức độ 2": "information", "mức độ 3": "partial", "mức độ 4": "full", "toàn trình": "full"}


def transform(**changed: Any) -> Any:
    procedure = {
        "MATTHC": "1.000656.000.00.00.H08",
        "TENTTHC": "Đăng ký khai tử",
        "MUCDO": 3,
        "MUCXACTHUC": 1,
        "HIEULUCTU": "20150101",
        **changed,
    }
    return from_portal(received_event("procedures", "1.000656/20150101", procedure), levels=LEVELS)


def test_a_procedure_becomes_a_canonical_event_that_begins_at_local_midnight() -> None:
    event = transform()
    assert (event.type, event.time.isoformat()) == ("procedure.v1", "2014-12-31T17:00:00+00:00")
    assert event.data == {
        "code": "1.000656",
        "name": "Đăng ký khai tử",
        "field": None,
        "online_level": "partial",
        "authentication_level": 1,
        "effective_from": "2015-01-01",
        "components": [],
        "results": [],
        "observed_at": "2023-11-15T05:00:00Z",
    }


@pytest.mark.parametrize("level", [4, "4", 4.0, " 4 ", "Mức độ 4", "TOÀN TRÌNH", "toa\u0300n tri\u0300nh"])
def test_a_level_is_read_in_every_spelling(level: object) -> None:
    assert transform(MUCDO=level).data["online_level"] == "full"


@pytest.mark.parametrize(("given", "level"), [("2", 2), (3.0, 3), (None, None), ("", None)])
def test_the_authentication_level_is_a_number_or_not_known(given: object, level: int | None) -> None:
    assert transform(MUCXACTHUC=given).data["authentication_level"] == level


def test_papers_of_all_cases_stand_once_with_all_that_replaces_them() -> None:
    papers = [
        {"GIAYTO": [{"MAGIAYTO": "TP1", "TENGIAYTO": "Tờ khai", "MA_KQ_THAYTHE": ""}]},
        {"GIAYTO": [{"MAGIAYTO": "TP1", "MA_KQ_THAYTHE": "KQ.1; KQ.2"}, {"MAGIAYTO": "TP1", "MA_KQ_THAYTHE": "KQ.1"}]},
        {"GIAYTO": {"MAGIAYTO": 7}},
        {"GIAYTO": [{"MAGIAYTO": "", "TENGIAYTO": ""}, None, "x"]},
    ]
    assert transform(THANHPHANHOSO=papers).data["components"] == [
        {"code": "TP1", "name": "Tờ khai", "replaced_by": ["KQ.1", "KQ.2"], "cases": [1, 2]},
        {"code": "7", "name": None, "replaced_by": [], "cases": [3]},
    ]


def test_results_stand_once_and_one_without_a_code_is_left_out() -> None:
    results = [{"MAKETQUA": "KQ.1", "TENKETQUA": "Trích lục"}, {"MAKETQUA": "KQ.1"}, {"TENKETQUA": "Khác"}]
    assert transform(KETQUATHUCHIEN=results).data["results"] == [{"code": "KQ.1", "name": "Trích lục"}]


@pytest.mark.parametrize("value", [5, "x", True, {"a": {"b": 1}}, [[1], [2]]])
def test_lists_of_another_shape_lose_nothing_else(value: object) -> None:
    assert transform(THANHPHANHOSO=value, KETQUATHUCHIEN=value).data["code"] == "1.000656"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("MATTHC", None),
        ("MATTHC", " \u200b"),
        ("MATTHC", {"a": 1}),
        ("MUCDO", None),
        ("MUCDO", 0),
        ("MUCDO", 2**63 - 1),
        ("MUCDO", float("inf")),
        ("MUCDO", "Mức độ chín"),
        ("MUCXACTHUC", 4),
        ("MUCXACTHUC", "cao"),
        ("MUCXACTHUC", [2, 3]),
        ("HIEULUCTU", None),
        ("HIEULUCTU", "20231301"),
        ("HIEULUCTU", "99991231"),
        ("HIEULUCTU", 0),
    ],
)
def test_an_unusable_value_is_rejected_with_its_field(field: str, value: object) -> None:
    with pytest.raises(Rejected) as rejected:
        transform(**{field: value})
    assert rejected.value.field == field
