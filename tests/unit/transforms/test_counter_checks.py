"""The check at the counter: who is reminded, at any moment asked for, in all combinations."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from schemas.service_period import ServicePeriod
from transforms.counter_checks import MESSAGE, UNKNOWN, RegisterState, decide, register_state

NOON = datetime(2024, 3, 15, 5, tzinfo=UTC)
TODAY = date(2024, 3, 15)
DAY = timedelta(days=1)
SERVING = RegisterState(True, "CC", "H08.07")


def period(staff_no: str = "A1", **facts: Any) -> ServicePeriod:
    values: dict[str, Any] = {
        "staff_no": staff_no,
        "identity": "052085001234",
        "old_identity": None,
        "category": "CC",
        "agency": "H08.07",
        "agency_name": None,
        "starts_on": date(2010, 1, 1),
        "ends_on": None,
        "updated_at": NOON - 30 * DAY,
    }
    return ServicePeriod(**values | facts)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, SERVING),
        ({"starts_on": TODAY}, SERVING),
        ({"starts_on": TODAY + DAY}, RegisterState(False)),
        ({"ends_on": TODAY + DAY}, SERVING),
        ({"ends_on": TODAY}, RegisterState(False)),
        ({"ends_on": date(2024, 2, 15)}, RegisterState(False)),
        ({"category": "HD"}, RegisterState(True, "HD", "H08.07")),
    ],
)
def test_a_person_is_of_the_group_on_the_days_of_service_alone(facts: dict[str, Any], state: RegisterState) -> None:
    assert register_state([period(**facts)], NOON) == state


def test_the_day_is_that_of_vietnam() -> None:
    joins = period(starts_on=TODAY)
    midnight = datetime(2024, 3, 14, 17, tzinfo=UTC)
    assert register_state([joins], midnight - timedelta(seconds=1)).civil_servant is False
    assert register_state([joins], midnight).civil_servant is True


def test_who_moved_has_the_agency_of_the_moment_asked_for() -> None:
    moved = [period(ends_on=TODAY), period(starts_on=TODAY, agency="H08.12")]
    assert register_state(moved, NOON).agency == "H08.12"
    assert register_state(moved, NOON - DAY).agency == "H08.07"


def test_of_two_periods_that_hold_the_one_updated_last_counts_then_the_higher_number() -> None:
    later = period("A0", agency="H08.12", starts_on=date(2005, 1, 1), updated_at=NOON - DAY)
    assert register_state([period(), later], NOON).agency == "H08.12"
    assert register_state([period("A1"), period("A2", agency="H08.30")], NOON).agency == "H08.30"


def test_a_person_without_a_period_is_no_civil_servant() -> None:
    assert register_state([], NOON) == RegisterState(False)


@pytest.mark.parametrize("state", [SERVING, RegisterState(False), UNKNOWN])
@pytest.mark.parametrize(
    ("level", "online"),
    [("information", "none"), ("partial", "partial"), ("full", "full"), (None, "unknown"), ("other", "unknown")],
)
def test_only_a_civil_servant_with_an_online_procedure_is_reminded(
    state: RegisterState, level: str | None, online: str
) -> None:
    answer = decide(state, level)
    reminded = state is SERVING and online in ("partial", "full")
    assert (answer.procedure_online, answer.civil_servant) == (online, state.civil_servant)
    assert (answer.notify, answer.message) == (reminded, MESSAGE if reminded else None)


def test_the_text_is_that_of_the_letter() -> None:
    assert MESSAGE == "Công dân đang nộp hồ sơ là cán bộ, công chức, viên chức"
