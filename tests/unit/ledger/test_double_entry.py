"""The arithmetic of the ledger."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from lienthong.ledger.double_entry import find_open_stages, local_day, postings
from lienthong.ledger.hash_chain import GENESIS, block_hash
from lienthong.ledger.records import Entry, Verdict
from tests.events import DAY, entry, event

VERDICTS: tuple[Verdict, ...] = ("received", "done", "dropped", "later", "dead", "replayed", "discarded")
STAGES = st.sampled_from(["route.a", "route.b", "sink.c", "sink.d"])

entries = st.builds(
    lambda name, stage, verdict, turn, to: entry(event(name), stage, verdict, turn=turn, to=tuple(to)),
    st.text(max_size=3),
    STAGES,
    st.sampled_from(VERDICTS),
    st.integers(0, 5),
    st.lists(STAGES, max_size=3, unique=True),
)


@given(st.lists(entries, max_size=20))
def test_postings_always_add_up_to_zero(told: list[Entry]) -> None:
    assert sum(postings(told).values()) == 0


@given(st.lists(entries, max_size=20))
def test_postings_of_two_blocks_are_the_postings_of_both(told: list[Entry]) -> None:
    middle = len(told) // 2
    both = Counter(postings(told[:middle]))
    both.update(postings(told[middle:]))
    assert {account: amount for account, amount in both.items() if amount} == postings(told)


def test_an_event_for_two_sinks_becomes_two_units_and_fan_out_keeps_the_sum() -> None:
    told = [entry(event("a"), "route.a", "done", to=("sink.c", "sink.d"))]
    amounts = {account: amount for (_, _, account), amount in postings(told).items()}
    assert amounts == {"route.a": -1, "sink.c": 1, "sink.d": 1, "fan-out": -1}


@given(st.lists(entries, min_size=1, max_size=8), st.data())
def test_any_change_of_a_block_changes_its_hash(told: list[Entry], data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(told) - 1))
    other = data.draw(entries)
    changed = [*told[:position], other, *told[position + 1 :]]
    before = block_hash(GENESIS, "w", 1, DAY, told)
    assert (block_hash(GENESIS, "w", 1, DAY, changed) == before) == (changed == told)
    assert block_hash(GENESIS, "w", 1, DAY, told[:-1]) != before
    assert block_hash(GENESIS, "w", 2, DAY, told) != before
    assert block_hash(before, "w", 1, DAY, told) != before


def test_an_event_is_open_where_it_was_handed_to_and_has_no_final_verdict() -> None:
    a = event("a")
    story = [entry(a, "source.igate", "received", turn=0, to=("route.a",))]
    assert find_open_stages(story) == {"route.a": ("source.igate", 1)}
    story += [entry(a, "route.a", "later"), entry(a, "route.a", "done", turn=2, to=("sink.c", "sink.d"))]
    assert find_open_stages(story) == {"sink.c": ("route.a", 1), "sink.d": ("route.a", 1)}
    story += [entry(a, "sink.c", "done"), entry(a, "sink.d", "dead")]
    assert find_open_stages(story) == {}
    story += [entry(a, "sink.d", "replayed", turn=2)]
    assert find_open_stages(story) == {"sink.d": ("route.a", 3)}


def test_the_day_begins_at_midnight_in_vietnam() -> None:
    assert local_day(DAY.replace(hour=16, minute=59)) == "2023-11-01"
    assert local_day(DAY.replace(hour=17)) == "2023-11-02"
