"""A block names where its entries are: all of them are there, and little else."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from lienthong.adapters.sql.block_spans import FEW, Key, Span, join_spans, name_spans, parse_spans
from lienthong.envelope import format_instant
from tests.events import DAY

MOMENTS = st.integers(0, 400).map(lambda step: format_instant(DAY + timedelta(milliseconds=7 * step * step)))
KEYS = st.lists(st.tuples(MOMENTS, st.integers(0, 30).map(lambda number: f"{number:08x}-e")), max_size=40)
PAGE = [(format_instant(DAY), f"{number:08x}") for number in range(200)]


def _spans(first: list[Key], later: list[Key]) -> list[Span]:
    keys = [*first, *later]
    return list(parse_spans(oldest=min(keys)[0], newest=max(keys)[0], spans=name_spans(first, later)))


def _is_in(key: Key, span: Span) -> bool:
    return span[:2] <= key <= span[2:]


@given(first=KEYS, later=KEYS)
def test_every_entry_is_where_its_block_names_it(first: list[Key], later: list[Key]) -> None:
    if not first and not later:
        return
    spans = _spans(first, later)
    joined = join_spans(spans)
    for key in [*first, *later]:
        assert any(_is_in(key, span) for span in spans)
        assert sum(_is_in(key, span) for span in joined) == 1, "no entry is read twice"
    assert joined == sorted(joined)


@given(keys=KEYS.filter(bool))
def test_what_a_block_names_does_not_depend_on_the_order_of_its_entries(keys: list[Key]) -> None:
    assert name_spans(keys, []) == name_spans(keys[::-1] + keys, [])
    assert name_spans([], keys) == name_spans([], keys[::-1] + keys)


def test_a_page_is_found_between_its_moments() -> None:
    assert name_spans(PAGE, []) is None
    (span,) = _spans(PAGE, [])
    assert all(_is_in(key, span) for key in PAGE)


def test_few_events_are_named_one_by_one() -> None:
    few = PAGE[: FEW - 1]
    assert [span[:2] for span in _spans(few, [])] == few


def test_events_of_a_later_turn_are_named_however_many_they_are() -> None:
    assert [span[:2] for span in _spans([], PAGE)] == PAGE


def test_an_old_event_among_new_ones_does_not_make_a_span_of_the_time_in_between() -> None:
    old = (format_instant(DAY - timedelta(days=365)), "00000001")
    assert [span.first for span in _spans([*PAGE, old], [])] == [old[0], PAGE[0][0]]
