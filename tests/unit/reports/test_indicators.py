"""Indicators as data: which dossiers each counts, which of them reach its aim, and how many points that gives."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from lienthong import WHOLE
from reports.indicators.conditions import CONDITIONS
from reports.indicators.definition import Indicator, in_force
from reports.indicators.judged import scores
from reports.indicators.tally import Share, tally
from reports.month import Month
from reports.units import Units
from store.portal_facts import Facts, PortalDossier, facts_of
from tests.unit.reports.test_reports import CONFIG
from transforms.organisations import Tree

SCANNED = {"digitised": True, "reused": False, "from_store": False}
REUSED = {**SCANNED, "reused": True}
END = "2023-11-30T17:00:00.000000Z"
APPOINTED, EARLIER, LATER = (f"2023-11-{day}T01:00:00.000000Z" for day in ("17", "16", "18"))
DOSSIER: dict[str, Any] = {
    "channel": "online",
    "status": 10,
    "appointment_at": APPOINTED,
    "completed_at": EARLIER,
    "fee": 8000,
    "online_payment": 1,
    "result_file": True,
    "components": [SCANNED, REUSED],
    "vneid_authenticated": True,
}


def configured(name: str) -> dict[str, Indicator]:
    """The set of a report as it ships."""
    settings = yaml.safe_load((CONFIG / f"{name}.yaml").read_text(encoding="utf-8"))
    return TypeAdapter(dict[str, Indicator]).validate_python(settings["with"]["indicators"])


SEVEN = configured("indicators")


def verdict(name: str, **changed: Any) -> bool | None:
    return SEVEN[name].judge(facts_of(DOSSIER | changed, END))


@pytest.mark.parametrize("name", SEVEN)
def test_a_dossier_without_a_fault_reaches_every_aim(name: str) -> None:
    assert verdict(name) is True


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("online", {"channel": "in_person"}),
        ("online", {"channel": None}),
        ("online_payment", {"online_payment": 0}),
        ("online_payment", {"online_payment": 3}),
        ("online_payment", {"online_payment": None}),
        ("e_result", {"result_file": False}),
        ("digitised", {"components": [SCANNED, {**SCANNED, "digitised": False}]}),
        ("digitised", {"components": []}),
        ("digitised", {"components": None}),
        ("reuse", {"components": [SCANNED]}),
        ("on_time", {"completed_at": LATER}),
        ("on_time", {"completed_at": None}),
        ("on_time", {"appointment_at": None}),
        ("vneid_authenticated", {"vneid_authenticated": False}),
        ("vneid_authenticated", {"vneid_authenticated": None}),
    ],
)
def test_a_dossier_misses_the_aim(name: str, changed: dict[str, object]) -> None:
    assert verdict(name, **changed) is False


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("online_payment", {"fee": 0}),
        ("online_payment", {"fee": None}),
        ("e_result", {"status": 4}),
        ("on_time", {"status": 5}),
        ("on_time", {"status": None}),
    ],
)
def test_an_indicator_does_not_count_a_dossier(name: str, changed: dict[str, object]) -> None:
    assert verdict(name, **changed) is None


def test_the_appointed_second_is_on_time_and_a_paper_from_the_store_is_reuse() -> None:
    assert verdict("on_time", completed_at=APPOINTED) is True
    assert verdict("reuse", components=[{**SCANNED, "from_store": True}]) is True


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, True),
        ({"completed_at": LATER}, False),
        ({"completed_at": None, "status": 4}, False),
        ({"completed_at": None, "status": 4, "appointment_at": "2023-12-01T00:00:00.000000Z"}, True),
        ({"appointment_at": None}, None),
        ({"completed_at": None, "rejected_at": "2023-11-16T00:00:00Z"}, True),
        ({"supplements": [(EARLIER, None)], "status": 5, "completed_at": None}, True),
        ({"supplements": [(LATER, None)], "status": 5, "completed_at": None}, False),
        ({"supplements": [(EARLIER, APPOINTED)], "completed_at": LATER}, True),
        ({"supplements": [(EARLIER, APPOINTED), (EARLIER, APPOINTED)]}, False),
    ],
)
def test_the_index_counts_dossiers_that_run_and_leaves_out_the_wait_for_one_supplement(
    changed: dict[str, Any], expected: bool | None
) -> None:
    supplements = [{"requested_at": one, "received_at": two} for one, two in changed.pop("supplements", ())]
    found = facts_of(DOSSIER | changed | {"supplements": supplements}, END)
    assert configured("indicators-766")["qd766-2-1"].judge(found) is expected


def test_the_words_of_an_indicator_are_made_of_its_conditions() -> None:
    assert SEVEN["online_payment"].denominator == "hồ sơ có phí, lệ phí lớn hơn 0"
    assert SEVEN["online"].formula == "Hồ sơ nộp trực tuyến (KenhThucHien 2) trên hồ sơ được tiếp nhận trong kỳ"
    assert len({condition.words for condition in CONDITIONS.values()}) == len(CONDITIONS)


def test_an_indicator_is_reported_from_its_first_day_until_the_day_before_its_last() -> None:
    five = configured("indicators-2679")
    days = [date(2023, 7, 19), date(2023, 7, 20), date(2024, 1, 17), date(2024, 1, 18)]
    assert [len(in_force(five, day)) for day in days] == [0, 5, 5, 0]


def test_points_are_rounded_half_up_and_a_threshold_gives_them_all() -> None:
    one = Indicator(title="", reaches=["filed-online"], points=12, full_at=50, group="G")
    assert [one.score(*counts) for counts in ((1, 3), (1, 2), (3, 4), (0, 0), (1, 800))] == [
        *(Decimal("8.00"), Decimal("12.00"), Decimal("12.00"), None, Decimal("0.03"))
    ]
    found = scores({"a": Share(1, 3), "b": Share()}, {"a": one, "b": one})
    assert (found["G"].points, found["G"].counted, found["G"].most) == (8, 12, 24)
    assert sum(one.most for one in scores({}, configured("indicators-766")).values()) == 100


def test_each_dossier_counts_in_its_local_month_and_has_its_place_in_the_proof() -> None:
    month = Month.parse("2023-11")
    days = ("2023-10-31T16:59:59", "2023-10-31T17:00:00", "2023-11-30T16:59:59")
    dossiers = [
        PortalDossier(f"e{n}", f"U{n}-1", f"{day}.000000Z", Facts(channel="online")) for n, day in enumerate(days)
    ]
    counted = tally(dossiers, {"online": SEVEN["online"]}, [month.back(1), month], Units(Tree([], month.last), WHOLE))
    assert counted.whole() == {"online": Share(2, 2)}
    assert counted.by_unit() == {"U1": {"online": Share(1, 1)}, "U2": {"online": Share(1, 1)}}
    assert [found["online"] for found in counted.trend().values()] == [Share(1, 1), Share(2, 2)]
    figures = counted.figures()
    assert {path: list(figure.numerator) for path, figure in figures.items()} == {
        "indicators.online": ["e1", "e2"],
        "by_unit.U1.online": ["e1"],
        "by_unit.U2.online": ["e2"],
    }
    assert all(len(figure.numerator) == len(list(figure.numerator)) for figure in figures.values())
