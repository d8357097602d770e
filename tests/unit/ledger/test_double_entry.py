"""Double entry: what entries post, where an event is open, and the day it is balanced under."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from lienthong.ledger.double_entry import find_open_stages, local_day, postings
from lienthong.ledger.records import Entry
from tests.events import DAY, entry, event
from tests.unit.ledger.strategies import ENTRIES


@given(st.lists(ENTRIES, max_size=20))
def test_postings_add_up_to_zero(entries: list[Entry]) -> None:
    assert sum(postings(entries).values()) == 0


@given(st.lists(ENTRIES, max_size=20))
def test_the_postings_of_two_blocks_add_up_to_the_postings_of_both(entries: list[Entry]) -> None:
    middle = len(entries) // 2
    sums = Counter(postings(entries[:middle]))
    sums.update(postings(entries[middle:]))
    assert {account: amount for account, amount in sums.items() if amount} == postings(entries)


def test_an_event_for_two_sinks_is_posted_twice_and_fan_out_takes_the_difference() -> None:
    posted = postings([entry(event("a"), "route.a", "done", to=("sink.c", "sink.d"))])
    amounts = {account: amount for (_, _, account), amount in posted.items()}
    assert amounts == {"route.a": -1, "sink.c": 1, "sink.d": 1, "fan-out": -1}


def test_an_event_is_open_at_the_stages_it_was_published_to_until_they_have_a_final_verdict() -> None:
    a = event("a")
    entries = [entry(a, "source.igate", "received", turn=0, to=("route.a",))]
    assert find_open_stages(entries) == {"route.a": ("source.igate", 1)}
    entries += [entry(a, "route.a", "later"), entry(a, "route.a", "done", turn=2, to=("sink.c", "sink.d"))]
    assert find_open_stages(entries) == {"sink.c": ("route.a", 1), "sink.d": ("route.a", 1)}
    entries += [entry(a, "sink.c", "done"), entry(a, "sink.d", "dead")]
    assert find_open_stages(entries) == {}
    entries += [entry(a, "sink.d", "replayed", turn=2)]
    assert find_open_stages(entries) == {"sink.d": ("route.a", 3)}


def test_the_day_begins_at_midnight_in_vietnam() -> None:
    assert local_day(DAY.replace(hour=16, minute=59)) == "2023-11-01"
    assert local_day(DAY.replace(hour=17)) == "2023-11-02"
