"""One version of each dossier is shown: the last line in file order that is visible now."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sandbox.listing import Listing, Query, Version, Window
from sandbox.recording import Line

START = datetime(2023, 11, 1, tzinfo=UTC)
hours = st.integers(0, 6)
dossiers = st.sampled_from("abc")


def moment(hour: int) -> datetime:
    return START + timedelta(hours=hour)


def make_line(number: int, key: str, hour: int) -> Line:
    return Line(number, moment(hour), b'{"key":"%s"}' % key.encode())


def make_listing(lines: list[Line]) -> Listing:
    return Listing(
        lines,
        lambda body, line: str(body["key"]),
        lambda body, line, key, earlier: Version(key, key, (line.seen_at,), line),
    )


def expected(lines: list[Line], now: datetime) -> list[Line]:
    """The same by the simplest rule, for comparison."""
    last: dict[str, Line] = {}
    for line in lines:
        if line.seen_at <= now:
            last[line.body["key"]] = line
    return [last[key] for key in sorted(last)]


@given(
    st.lists(st.tuples(dossiers, hours), max_size=12),
    st.lists(st.one_of(hours, st.tuples(dossiers, hours)), max_size=12),
)
def test_the_order_of_clock_changes_and_additions_does_not_matter(
    first: list[tuple[str, int]], steps: list[int | tuple[str, int]]
) -> None:
    lines = [make_line(number, *row) for number, row in enumerate(first, 1)]
    listing = make_listing(lines)
    for step in steps:
        if isinstance(step, tuple):
            lines.append(make_line(len(lines) + 1, *step))
            listing.add(lines[-1])
        else:
            found = listing.select(moment(step), Query())
            assert [version.line for version in found] == expected(lines, moment(step))


@given(st.lists(st.tuples(dossiers, hours), max_size=12), hours, hours, hours)
def test_a_window_includes_its_start_and_not_its_end(
    all_lines: list[tuple[str, int]], now: int, start: int, end: int
) -> None:
    lines = [make_line(number, *row) for number, row in enumerate(all_lines, 1)]
    found = make_listing(lines).select(moment(now), Query((Window(0, moment(start), moment(end)),)))
    inside = [line for line in expected(lines, moment(now)) if moment(start) <= line.seen_at < moment(end)]
    assert [version.line for version in found] == inside


def test_more_searches_than_are_kept_all_get_their_result() -> None:
    listing = make_listing([make_line(1, "a", 0)])
    for _ in range(600):
        assert len(listing.select(moment(1), Query(code="a"))) == 1
    assert [len(listing.select(moment(1), Query(code=str(number)))) for number in range(600)] == [0] * 600
    assert len(listing.select(moment(1), Query(code="a"))) == 1
