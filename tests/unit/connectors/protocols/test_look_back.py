"""Tiers of looking back: what each poll reads, and that nothing is found later than its tier promises."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connectors.protocols.look_back import LookBack, Tier, merge
from connectors.protocols.windows import Window
from lienthong.ports import Cursor
from tests.fake_systems import NOON, days

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
TIERS = (
    Tier(back=15 * MINUTE, every=5 * MINUTE),
    Tier(back=4 * HOUR, every=HOUR),
    Tier(back=days(3), at="02:00"),
)
NIGHTLY = Tier(back=days(10), up_to=days(1), at="02:00")


def look_back(*tiers: Tier, thorough: bool = False, since: datetime | None = None) -> LookBack:
    return LookBack(tiers or TIERS, overlap=days(10), since=since, thorough=thorough)


def read(source: LookBack, cursor: Cursor, now: datetime) -> tuple[list[Window], Cursor]:
    """The windows of a poll at `now`, and the cursor after it."""
    plan = source.plan(cursor, now)
    windows = [tier.window(moment, now) for tier, moment in plan.tiers or ()]
    return merge([*windows, Window(plan.start, now)]), source.end(cursor, plan, now)


def contains(windows: list[Window], moment: datetime) -> bool:
    return any(window.start <= moment < window.end for window in windows)


def longest_wait(tier: Tier) -> timedelta:
    return tier.every if tier.at is None else days(1)


PAUSES = st.one_of(
    st.timedeltas(MINUTE, 10 * MINUTE), st.timedeltas(MINUTE, 30 * HOUR), st.timedeltas(days(-1), days(4))
)


@given(
    pauses=st.lists(PAUSES, min_size=1, max_size=25),
    age=st.timedeltas(timedelta(0), days(10)),
    dated=st.timedeltas(days(-12), days(5)),
    tiers=st.sampled_from([TIERS, (NIGHTLY,), (*TIERS, NIGHTLY), ()]),
)
def test_a_change_is_found_when_its_tier_promises_it_whatever_the_pauses(
    pauses: list[timedelta], age: timedelta, dated: timedelta, tiers: tuple[Tier, ...]
) -> None:
    """Polls come after pauses, of minutes or of days, and the clock may be set back once in a while."""
    source = LookBack(tiers, overlap=days(10), since=None, thorough=False)
    tier = min((tier for tier in source._tiers if tier.back >= age), key=lambda tier: tier.back)
    date = NOON + dated
    changed = date + age
    cursor, now, found, expected = read(source, {}, NOON)[1], NOON, False, False
    last = NOON
    for pause in pauses:
        now += pause
        windows, cursor = read(source, cursor, now)
        last = max(last, now)
        if now > changed and contains(windows, date):
            found = True
        if now < last:  # the clock was set back: promises hold again once it has caught up
            continue
        expected = now > max(changed, date + tier.back) + longest_wait(tier) and date > NOON - days(10)
        assert found or not expected or changed <= NOON


def test_a_poll_a_minute_after_another_reads_that_minute_alone() -> None:
    source = look_back()
    _, cursor = read(source, {}, NOON)
    windows, _ = read(source, cursor, NOON + MINUTE)
    assert windows == [Window(NOON, NOON + MINUTE)]


def test_each_tier_is_read_at_its_rhythm_from_where_it_was_read_to() -> None:
    source = look_back()
    _, cursor = read(source, {}, NOON)
    for minutes in range(1, 6):
        windows, cursor = read(source, cursor, NOON + minutes * MINUTE)
    assert windows[0] == Window(NOON - 15 * MINUTE, NOON - 10 * MINUTE)
    # 02:00 in Vietnam is 14 hours after noon. Until then the nightly tiers wait.
    late, _ = read(source, cursor, NOON + 13 * HOUR)
    assert late[0].start == NOON - 4 * HOUR
    night, _ = read(source, cursor, NOON + 14 * HOUR)
    assert [window.start for window in night[:2]] == [NOON - days(10), NOON - days(3)]


def test_a_cursor_without_tiers_is_one_whose_tiers_have_all_read_until_then() -> None:
    windows, cursor = read(look_back(), {"through": NOON.isoformat()}, NOON + 14 * HOUR)
    assert windows[0] == Window(NOON - days(10), NOON - days(10) + 14 * HOUR)
    assert set(cursor["tiers"].values()) == {cursor["through"]}


def test_a_new_tier_begins_where_the_least_read_one_is() -> None:
    _, cursor = read(look_back(*TIERS[:1]), {"through": NOON.isoformat()}, NOON + HOUR)
    assert cursor["tiers"] == {"900s": cursor["through"], "864000s": NOON.isoformat()}
    windows, _ = read(look_back(), cursor, NOON + 2 * HOUR)
    assert contains(windows, NOON - 4 * HOUR)


@pytest.mark.parametrize("thorough", [True, False])
def test_the_whole_overlap_is_read_after_a_day_without_a_poll_and_always_when_thorough(thorough: bool) -> None:
    source = look_back(thorough=thorough)
    _, cursor = read(source, {}, NOON)
    windows, _ = read(source, cursor, NOON + (MINUTE if thorough else days(2)))
    assert windows[0].start == NOON - days(10)
    assert len(windows) == 1


def test_the_first_poll_begins_an_overlap_ago_or_at_since() -> None:
    assert look_back().plan({}, NOON).start == NOON - days(10)
    assert look_back(since=NOON - days(50)).plan({}, NOON).start == NOON - days(50)
    assert look_back(since=NOON + days(50)).plan({}, NOON).start == NOON
    # A date in a file has no time zone: it is local.
    local = datetime(2023, 10, 1)  # noqa: DTZ001 - as the loader reads `since: 2023-10-01`
    assert look_back(since=local).plan({}, NOON).start == datetime(2023, 9, 30, 17, tzinfo=UTC)


def test_windows_that_overlap_or_adjoin_are_read_once() -> None:
    a, b, c = NOON, NOON + HOUR, NOON + 2 * HOUR
    assert merge([Window(b, c), Window(a, b), Window(c, c)]) == [Window(a, c)]
    assert merge([Window(c, c + HOUR), Window(a, b)]) == [Window(a, b), Window(c, c + HOUR)]


@pytest.mark.parametrize("wrong", [{"back": "x"}, {"back": "1h", "at": "25:00"}, {"back": "1h", "up_to": "2h"}, {}])
def test_a_tier_that_makes_no_sense_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Tier(**wrong)
