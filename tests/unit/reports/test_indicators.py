"""The province's indicators: which dossiers each counts, and which of them reach its aim."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from reports.indicators.rule import INDICATORS, IndicatorName, Share, count
from reports.month import Month
from store.rows import Paper, PortalDossier

MONTH = Month.parse("2023-11")
MOMENT = datetime(2023, 11, 15, 1, 30, tzinfo=UTC)
SCANNED = Paper(digitised=True, reused=False, from_store=False)
DOSSIER = PortalDossier(
    code="000.00.01.H08-231115-0007",
    channel="online",
    status=10,
    accepted_at=MOMENT,
    appointment_at=MOMENT + timedelta(days=2),
    completed_at=MOMENT + timedelta(days=1),
    fee=8000,
    online_payment=1,
    result_file=True,
    components=(SCANNED, replace(SCANNED, reused=True)),
    vneid_authenticated=True,
)


@pytest.mark.parametrize("name", INDICATORS)
def test_a_dossier_without_a_fault_reaches_every_aim(name: str) -> None:
    assert INDICATORS[name](DOSSIER) is True


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("online", {"channel": "in_person"}),
        ("online", {"channel": None}),
        ("online_payment", {"online_payment": 0}),
        ("online_payment", {"online_payment": 3}),
        ("online_payment", {"online_payment": None}),
        ("e_result", {"result_file": False}),
        ("digitised", {"components": (SCANNED, replace(SCANNED, digitised=False))}),
        ("digitised", {"components": ()}),
        ("reuse", {"components": (SCANNED,)}),
        ("on_time", {"completed_at": MOMENT + timedelta(days=2, seconds=1)}),
        ("on_time", {"completed_at": None}),
        ("on_time", {"appointment_at": None}),
        ("vneid_authenticated", {"vneid_authenticated": False}),
        ("vneid_authenticated", {"vneid_authenticated": None}),
    ],
)
def test_a_dossier_misses_the_aim(name: str, changed: dict[str, object]) -> None:
    assert INDICATORS[name](replace(DOSSIER, **changed)) is False


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
    assert INDICATORS[name](replace(DOSSIER, **changed)) is None


def test_the_appointed_second_is_on_time_and_a_paper_from_the_store_is_reuse() -> None:
    assert INDICATORS["on_time"](replace(DOSSIER, completed_at=DOSSIER.appointment_at)) is True
    assert INDICATORS["reuse"](replace(DOSSIER, components=(replace(SCANNED, from_store=True),))) is True


def test_only_dossiers_accepted_in_the_local_month_are_counted() -> None:
    borders = [datetime(2023, 10, 31, 17, tzinfo=UTC), datetime(2023, 11, 30, 17, tzinfo=UTC)]
    moments = [None, *(moment + timedelta(seconds=off) for moment in borders for off in (-1, 0))]
    dossiers = [replace(DOSSIER, accepted_at=moment) for moment in moments]
    assert count(dossiers, MONTH, ["online"]) == {"online": Share(2, 2)}


def test_the_caller_chooses_the_indicators_and_their_order() -> None:
    assert list(count([DOSSIER], MONTH, ["reuse", "online"])) == ["reuse", "online"]
    assert list(count([DOSSIER], MONTH)) == list(INDICATORS) == list(get_args(IndicatorName))
