"""Repetitions and new versions: properties that hold for every history and every poll."""

from hypothesis import given
from hypothesis import strategies as st

from lienthong.ledger.versions import find_changes, find_new

contents = st.lists(st.sampled_from("ABC"), max_size=8).map("".join)


def after(earlier: str, shown: str) -> str:
    return earlier + "".join(shown[index] for index in find_new(earlier, shown).new)


@given(contents, contents.filter(bool))
def test_what_is_shown_last_is_the_newest_version(earlier: str, shown: str) -> None:
    assert after(earlier, shown)[-1] == shown[-1]


@given(contents, contents)
def test_what_is_shown_twice_is_new_once(earlier: str, shown: str) -> None:
    once = after(earlier, shown)
    assert after(once, shown) == once


@given(contents, contents)
def test_a_content_that_was_never_shown_is_new(earlier: str, shown: str) -> None:
    assert set(shown) <= set(after(earlier, shown))


@given(contents, contents)
def test_the_end_of_the_history_shown_again_is_nothing_new(earlier: str, before: str) -> None:
    history = after("", before + earlier)
    for length in range(1, len(history)):
        assert find_new(history, history[-length:]).new == []


@given(contents, contents, contents)
def test_what_is_not_open_stays_as_it_was_decided(earlier: str, shown: str, more: str) -> None:
    decided = find_new(earlier, shown)
    if shown and not decided.is_open:
        assert list(find_new(earlier, shown + more).new)[: len(decided.new)] == list(decided.new)


def test_after_something_new_every_change_is_new() -> None:
    assert find_changes("B", "BABBA").new == [1, 2, 4]
