"""The rule of the paper-filings report: which dossier counts."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from reports.month import Month
from reports.paper_filings.rule import find_cases, payload
from schemas.service_period import ServicePeriod
from store.rows import Filing

MONTH = Month.parse("2023-11")
NUMBER, OLD = "052085001234", "211000001"
FILING = Filing(
    code="000.00.01.H08-231115-0007",
    procedure="1.000656",
    procedure_name="Đăng ký khai tử",
    online_level="partial",
    channel="in_person",
    status=4,
    identity=NUMBER,
    accepted_at=datetime(2023, 11, 15, 1, 30, tzinfo=UTC),
    agency="000.00.01.H08",
    agency_name="UBND phường Lê Lợi",
    officer="Võ Thu Mai",
)
SERVANT = ServicePeriod(
    staff_no="H08.CC.000123",
    agency="H08.31.16",
    agency_name="UBND phường Lê Lợi",
    category="CC",
    starts_on=date(2012, 3, 1),
    ends_on=None,
    updated_at=datetime(2023, 10, 31, 17, tzinfo=UTC),
    identity=NUMBER,
    old_identity=OLD,
)


def test_a_case_is_reported_with_its_servant_and_its_officer() -> None:
    assert payload(MONTH, find_cases([FILING], [SERVANT], MONTH)) == {
        "period": "2023-11",
        "total": 1,
        "cases": [
            {
                "dossier": "000.00.01.H08-231115-0007",
                "staff_no": "H08.CC.000123",
                "staff_agency": "H08.31.16",
                "procedure": "1.000656",
                "accepted_on": "2023-11-15",
                "receiving_agency": "000.00.01.H08",
                "receiving_officer": "Võ Thu Mai",
            }
        ],
        "by_staff_agency": {"H08.31.16": 1},
    }


@pytest.mark.parametrize(
    "counts",
    [
        {"online_level": "full"},
        {"status": 7},  # withdrawn, but it had been accepted
        {"identity": OLD},
        {"accepted_at": datetime(2023, 10, 31, 17, tzinfo=UTC)},  # 00:00 on 1 November in Vietnam
        {"accepted_at": datetime(2023, 11, 30, 16, 59, 59, tzinfo=UTC)},
        {"officer": None},
    ],
)
def test_a_filing_counts(counts: dict[str, object]) -> None:
    assert len(find_cases([replace(FILING, **counts)], [SERVANT], MONTH)) == 1


@pytest.mark.parametrize(
    "counts_not",
    [
        {"channel": "online"},
        {"channel": "post"},
        {"channel": None},
        {"online_level": "information"},
        {"online_level": None},
        {"status": 3},
        {"accepted_at": None},
        {"accepted_at": datetime(2023, 10, 31, 16, 59, 59, tzinfo=UTC)},
        {"accepted_at": datetime(2023, 11, 30, 17, tzinfo=UTC)},
        {"identity": None},
        {"identity": "052085009999"},
    ],
)
def test_a_filing_does_not_count(counts_not: dict[str, object]) -> None:
    assert find_cases([replace(FILING, **counts_not)], [SERVANT], MONTH) == ()


def test_service_must_hold_on_the_local_day_of_acceptance() -> None:
    left = replace(SERVANT, ends_on=date(2023, 11, 15))
    returned = replace(SERVANT, starts_on=date(2023, 11, 15), agency="H08.09")
    assert find_cases([FILING], [left], MONTH) == ()
    assert [case.servant.agency for case in find_cases([FILING], [left, returned], MONTH)] == ["H08.09"]


def test_cases_come_in_order_of_code_and_are_counted_by_agency() -> None:
    filings = [replace(FILING, code=f"000.00.01.H08-231115-000{n}") for n in (3, 1, 2)]
    report = payload(MONTH, find_cases(filings, [SERVANT], MONTH))
    assert [case["dossier"][-1] for case in report["cases"]] == ["1", "2", "3"]
    assert report["by_staff_agency"] == {"H08.31.16": 3}
