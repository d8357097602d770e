"""Overlapping windows: a dossier of iGate may be read twice, and none with a date in the windows is missed."""

from datetime import datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lienthong.ports import Cursor
from tests.fake_systems import days, poll_completely, poll_until_failure, record_keys
from tests.unit.connectors.sources.test_igate import Setup

OVERLAP = days(10)


class ChangingIgate:
    """An iGate in which dossiers appear and disappear between requests. `lasting` are those present since `settle`."""

    def __init__(self, setup: Setup, random: Random, change_rate: float) -> None:
        self.setup = setup
        self.random = random
        self.change_rate = change_rate
        self.count = 0
        for _ in range(12):
            self.add_dossier()
        self.settle()
        setup.igate.disturb = self.disturb

    def settle(self) -> None:
        self.lasting = {dossier["code"] for dossier in self.setup.igate.dossiers}

    def add_dossier(self) -> None:
        def moment() -> datetime:
            return (self.setup.clock.moment + days(self.random.uniform(-30, 12))).replace(microsecond=0)

        chosen = [date for date in ("accepted", "appointment", "returned") if self.random.random() < 0.6]
        self.setup.igate.add(self.count, **{date: moment() for date in chosen})
        self.count += 1

    def remove_dossier(self) -> None:
        if dossiers := self.setup.igate.dossiers:
            self.lasting.discard(dossiers.pop(self.random.randrange(len(dossiers)))["code"])

    def disturb(self) -> None:
        if self.random.random() < self.change_rate:
            self.random.choice(
                (self.add_dossier, self.remove_dossier, lambda: (self.remove_dossier(), self.add_dossier()))
            )()

    def due(self, start: datetime, now: datetime) -> set[str]:
        """The lasting dossiers with a date in the windows of a poll."""
        found = {dossier["code"] for dossier in self.setup.igate.dossiers if _within(dossier, start, now)}
        return found & self.lasting


STEPS = st.lists(
    st.tuples(st.floats(-2, 25), st.integers(1, 4), st.one_of(st.none(), st.integers(0, 25))), min_size=1, max_size=6
)


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(STEPS, st.integers(1, 15), st.randoms(use_true_random=False), st.sampled_from([0, 0.03, 0.1]))
def test_no_version_with_a_date_in_the_windows_is_ever_missed(
    steps: list[tuple[float, int, int | None]], window: int, random: Random, change_rate: float
) -> None:
    """Each step moves the clock by days (or back), sets the page size, and the request from which all requests fail.

    A dossier that is present from the end of one complete poll to the end of the next, with a date in the windows, must
    have been read.
    """
    setup = Setup(window=days(window))
    igate = ChangingIgate(setup, random, change_rate)
    cursor: Cursor = {}
    through: datetime | None = None
    seen: set[str] = set()
    for step, page_size, down in steps:
        setup.clock.moment += days(step)
        setup.source._page_size = page_size
        now = setup.clock.moment
        setup.server.fail_after(down)
        records, cursor, failure = poll_until_failure(setup.source, cursor)
        seen |= record_keys(records)
        if failure and through is None:
            # No poll was complete yet: the first complete one begins an overlap before its own time.
            seen, cursor = set(), {}
        elif not failure:
            assert igate.due(min(through or now, now) - OVERLAP, now) <= seen
            through, seen = now, set()
            igate.settle()


def _within(dossier: dict[str, str], start: datetime, now: datetime) -> bool:
    def lies_within(name: str, end: datetime) -> bool:
        return name in dossier and start <= datetime.fromisoformat(dossier[name]) < end

    return (
        lies_within("acceptedDate", now)
        or lies_within("returnedDate", now)
        or lies_within("appointmentDate", now + days(10))
    )


@pytest.mark.parametrize("down", range(0, 54, 3))
def test_a_failure_at_any_request_of_a_long_poll_misses_nothing(down: int) -> None:
    setup = Setup(page_size=2, window=days(5))
    for number in range(30):
        setup.igate.add(number, accepted=setup.clock.moment + days(number))
    _, cursor = poll_completely(setup.source, {})
    setup.clock.moment += days(32)
    setup.server.fail_after(down)
    before, cursor, failure = poll_until_failure(setup.source, cursor)
    setup.server.fail_after(None)
    rest, _ = poll_completely(setup.source, cursor)
    assert failure
    assert record_keys(before) | record_keys(rest) == {dossier["code"] for dossier in setup.igate.dossiers}
