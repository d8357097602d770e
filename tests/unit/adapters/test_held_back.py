"""Bundles wait as long as their wait is, whatever the clock does."""

from datetime import timedelta

import pytest

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.held_back import HeldBack
from lienthong.envelope import Bundle
from tests.events import DAY, event

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> ReplayClock:
    return ReplayClock(DAY)


def held_back(clock: ReplayClock, *minutes: int) -> HeldBack:
    held = HeldBack(clock)
    for wait in minutes:
        held.add(Bundle(f"route.{wait}", (event("a"),), wait=wait * MINUTE))
    return held


def due_after(held: HeldBack, clock: ReplayClock, minutes: int) -> list[str]:
    clock.move_to(clock.now() + minutes * MINUTE)
    return [bundle.queue for bundle in held.take_due()]


def test_each_comes_when_its_wait_is_over_and_in_the_order_of_their_ends(clock: ReplayClock) -> None:
    held = held_back(clock, 3, 1, 2)
    assert held.next_due() == DAY + MINUTE
    assert due_after(held, clock, 0) == []
    assert due_after(held, clock, 2) == ["route.1", "route.2"]
    assert due_after(held, clock, 1) == ["route.3"]
    assert held.next_due() is None


@pytest.mark.parametrize("back", [10, 60 * 24 * 365])
def test_a_clock_that_was_set_back_makes_no_bundle_wait_longer_than_from_then_on(clock: ReplayClock, back: int) -> None:
    held = held_back(clock, 3, 1)
    assert due_after(held, clock, -back) == []
    assert due_after(held, clock, 1) == ["route.1"]
    assert due_after(held, clock, 2) == ["route.3"]


def test_a_clock_that_was_set_back_a_little_changes_nothing(clock: ReplayClock) -> None:
    held = held_back(clock, 60)
    due_after(held, clock, 30)
    due_after(held, clock, -10)
    assert held.next_due() == DAY + 60 * MINUTE
