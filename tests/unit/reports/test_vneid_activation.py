"""The rule of the VNeID report: staff in service on the cut-off day, and accounts activated before it began."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from reports.month import Month
from reports.vneid_activation.rule import Count, Numbers, count, count_numbers, cut_off, serving_periods
from schemas.service_period import ServicePeriod
from store.rows import AccountState

AS_AT = date(2023, 11, 25)
MIDNIGHT = datetime(2023, 11, 24, 17, tzinfo=UTC)
SERVANT = ServicePeriod(
    staff_no="H08.CC.1",
    identity="052085001234",
    old_identity="211000001",
    category="CC",
    agency="H08.07",
    agency_name=None,
    starts_on=date(2012, 3, 1),
    ends_on=None,
    updated_at=MIDNIGHT,
)
ACCOUNT = AccountState("052085001234", 2, MIDNIGHT - timedelta(seconds=1))


def test_the_cut_off_is_a_day_of_the_period() -> None:
    assert cut_off(Month.parse("2023-11"), 25) == AS_AT


@pytest.mark.parametrize(
    ("account", "level2"),
    [
        (ACCOUNT, 1),
        (replace(ACCOUNT, activated_at=MIDNIGHT), 0),
        (replace(ACCOUNT, level=1), 0),
        (replace(ACCOUNT, identity="211000001"), 1),
        (replace(ACCOUNT, identity="052085009999"), 0),
    ],
)
def test_an_account_counts_when_level_two_came_before_midnight(account: AccountState, level2: int) -> None:
    assert count([SERVANT], [account], AS_AT) == {"H08.07": Count(staff=1, level2=level2)}


def test_each_person_counts_once_however_many_accounts_and_periods() -> None:
    moved = replace(SERVANT, starts_on=AS_AT, agency="H08.09")
    assert count([SERVANT, moved], [ACCOUNT, replace(ACCOUNT, level=1), ACCOUNT], AS_AT) == {"H08.09": Count(1, 1)}


def test_only_those_in_service_on_the_day_are_staff_and_agencies_without_staff_are_absent() -> None:
    left, coming = replace(SERVANT, ends_on=AS_AT), replace(SERVANT, staff_no="2", starts_on=AS_AT + timedelta(days=1))
    assert count([left, coming], [ACCOUNT], AS_AT) == {}


def test_a_person_without_a_known_number_is_staff_without_an_account() -> None:
    without_number = replace(SERVANT, identity=None, old_identity=None)
    assert count([without_number], [ACCOUNT], AS_AT) == {"H08.07": Count(staff=1, level2=0)}


def test_those_without_a_number_are_counted_by_why_they_have_none() -> None:
    none = replace(SERVANT, identity=None, old_identity=None)
    serving = [
        SERVANT,
        replace(SERVANT, staff_no="2", identity=None),
        replace(none, staff_no="3"),
        replace(none, staff_no="4"),
        replace(none, staff_no="5"),
        replace(none, staff_no="6"),
    ]
    unreadable = {("1", SERVANT.starts_on): True, ("3", SERVANT.starts_on): True, ("4", SERVANT.starts_on): None}
    assert count_numbers(serving, unreadable) == Numbers(staff=6, missing=4, unreadable=1, unknown=1, old_only=1)


def test_only_the_period_of_the_day_counts_for_the_numbers() -> None:
    moved = replace(SERVANT, starts_on=AS_AT, identity=None, old_identity=None)
    serving = serving_periods([SERVANT, moved], AS_AT)
    assert count_numbers(serving, {(SERVANT.staff_no, AS_AT): True}).unreadable == 1
    assert count_numbers(serving, {(SERVANT.staff_no, SERVANT.starts_on): True}).unreadable == 0
