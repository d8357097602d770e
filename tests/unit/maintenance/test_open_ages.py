"""An event that was recorded by a clock that was ahead is not taken for lost too early, nor never."""

from datetime import datetime, timedelta

from lienthong.ledger.records import OpenItem
from lienthong.maintenance.open_ages import OpenAges
from tests.events import DAY, event

MARGIN = timedelta(minutes=5)


class Seconds:
    """A monotonic clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def item(since: datetime | None) -> OpenItem:
    return OpenItem(event("a"), "source.igate", "route.a", 1, since=since)


def test_the_age_is_counted_from_what_was_recorded_last() -> None:
    ages = OpenAges(Seconds())
    ages.begin_look()
    assert not ages.is_older(item(DAY), MARGIN, DAY + MARGIN)
    assert ages.is_older(item(DAY), MARGIN, DAY + MARGIN + timedelta(seconds=1))
    assert not ages.is_older(item(None), MARGIN, DAY)


def test_what_is_dated_after_now_is_as_old_as_it_was_looked_at() -> None:
    seconds = Seconds()
    ages = OpenAges(seconds)
    ahead = item(DAY + timedelta(days=365))
    answers = []
    for moment in (0, 200, 300, 301):
        seconds.now = moment
        ages.begin_look()
        answers.append(ages.is_older(ahead, MARGIN, DAY))
    assert answers == [False, False, False, True]


def test_what_was_not_seen_in_a_look_begins_anew() -> None:
    seconds = Seconds()
    ages = OpenAges(seconds)
    ahead = item(DAY + timedelta(hours=1))
    ages.begin_look()
    ages.is_older(ahead, MARGIN, DAY)
    seconds.now = 400
    ages.begin_look()
    ages.begin_look()
    assert not ages.is_older(ahead, MARGIN, DAY)
