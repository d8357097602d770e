"""The promise of overlapping windows: iGate's dossiers may come twice, and none within reach is skipped."""

from datetime import datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lienthong.ports import Cursor
from tests.unit.connectors.sources.fakes import days, keys, read, whole
from tests.unit.connectors.sources.test_igate import Stand

OVERLAP = days(10)


class Restless:
    """An iGate where dossiers come and go between any two requests. `lasting` are those there since `settle`."""

    def __init__(self, stand: Stand, random: Random, wild: float) -> None:
        self.stand = stand
        self.random = random
        self.wild = wild
        self.made = 0
        for _ in range(12):
            self.come()
        self.settle()
        stand.igate.disturb = self.disturb

    def settle(self) -> None:
        self.lasting = {dossier["code"] for dossier in self.stand.igate.dossiers}

    def come(self) -> None:
        def moment() -> datetime:
            return (self.stand.clock.moment + days(self.random.uniform(-30, 12))).replace(microsecond=0)

        chosen = [date for date in ("accepted", "appointment", "returned") if self.random.random() < 0.6]
        self.stand.igate.add(self.made, **{date: moment() for date in chosen})
        self.made += 1

    def go(self) -> None:
        if dossiers := self.stand.igate.dossiers:
            self.lasting.discard(dossiers.pop(self.random.randrange(len(dossiers)))["code"])

    def disturb(self) -> None:
        if self.random.random() < self.wild:
            self.random.choice((self.come, self.go, lambda: (self.go(), self.come())))()

    def due(self, start: datetime, now: datetime) -> set[str]:
        """What lasted and bears a date within reach of a poll."""
        found = {dossier["code"] for dossier in self.stand.igate.dossiers if _within(dossier, start, now)}
        return found & self.lasting


STEPS = st.lists(
    st.tuples(st.floats(-2, 25), st.integers(1, 4), st.one_of(st.none(), st.integers(0, 25))), min_size=1, max_size=6
)


@settings(max_examples=50, deadline=None)
@given(STEPS, st.integers(1, 15), st.randoms(use_true_random=False), st.sampled_from([0, 0.03, 0.1]))
def test_no_version_within_reach_of_the_cursor_is_ever_skipped(
    steps: list[tuple[float, int, int | None]], window: int, random: Random, wild: float
) -> None:
    """Steps of the clock in days (back, too), page sizes, and the request from which on the system is down.

    What was there from the first poll after the last good one to the end of the next good one, with a date within
    reach, must have been read.
    """
    stand = Stand(window=days(window))
    restless = Restless(stand, random, wild)
    cursor: Cursor = {}
    through: datetime | None = None
    seen: set[str] = set()
    for step, page_size, down in steps:
        stand.clock.moment += days(step)
        stand.source._page_size = page_size
        now = stand.clock.moment
        stand.door.down(down)
        records, cursor, failure = read(stand.source, cursor)
        seen |= keys(records)
        if failure and through is None:
            # Nothing was promised yet: the first poll begins an overlap before whenever it succeeds.
            seen, cursor = set(), {}
        elif not failure:
            assert restless.due(min(through or now, now) - OVERLAP, now) <= seen
            through, seen = now, set()
            restless.settle()


def _within(dossier: dict[str, str], start: datetime, now: datetime) -> bool:
    def lies(name: str, end: datetime) -> bool:
        return name in dossier and start <= datetime.fromisoformat(dossier[name]) < end

    return lies("acceptedDate", now) or lies("returnedDate", now) or lies("appointmentDate", now + days(10))


@pytest.mark.parametrize("down", range(0, 54, 3))
def test_a_failure_anywhere_on_a_long_way_back_skips_nothing(down: int) -> None:
    stand = Stand(page_size=2, window=days(5))
    for number in range(30):
        stand.igate.add(number, accepted=stand.clock.moment + days(number))
    _, cursor = whole(stand.source, {})
    stand.clock.moment += days(32)
    stand.door.down(down)
    before, cursor, failure = read(stand.source, cursor)
    stand.door.down(None)
    rest, _ = whole(stand.source, cursor)
    assert failure
    assert keys(before) | keys(rest) == {dossier["code"] for dossier in stand.igate.dossiers}
