"""Of each dossier one version is shown: the last line, in file order, that was seen by now."""

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


def line(number: int, key: str, hour: int) -> Line:
    return Line(number, moment(hour), b'{"key":"%s"}' % key.encode())


def listing(lines: list[Line]) -> Listing:
    return Listing(
        lines,
        lambda body, line: str(body["key"]),
        lambda body, line, key, earlier: Version(key, key, (line.seen_at,), line),
    )


def expected(lines: list[Line], now: datetime) -> list[Line]:
    last: dict[str, Line] = {}
    for each in lines:
        if each.seen_at <= now:
            last[each.body["key"]] = each
    return [last[key] for key in sorted(last)]


@given(
    st.lists(st.tuples(dossiers, hours), max_size=12),
    st.lists(st.one_of(hours, st.tuples(dossiers, hours)), max_size=12),
)
def test_whatever_way_the_clock_came_the_same_is_shown(
    first: list[tuple[str, int]], acts: list[int | tuple[str, int]]
) -> None:
    lines = [line(number, *each) for number, each in enumerate(first, 1)]
    shown = listing(lines)
    for act in acts:
        if isinstance(act, tuple):
            lines.append(line(len(lines) + 1, *act))
            shown.add(lines[-1])
        else:
            found = shown.select(moment(act), Query())
            assert [version.line for version in found] == expected(lines, moment(act))


@given(st.lists(st.tuples(dossiers, hours), max_size=12), hours, hours, hours)
def test_a_window_holds_its_start_and_not_its_end(
    all_lines: list[tuple[str, int]], now: int, start: int, end: int
) -> None:
    lines = [line(number, *each) for number, each in enumerate(all_lines, 1)]
    found = listing(lines).select(moment(now), Query((Window(0, moment(start), moment(end)),)))
    inside = [each for each in expected(lines, moment(now)) if moment(start) <= each.seen_at < moment(end)]
    assert [version.line for version in found] == inside


def test_more_different_questions_than_are_remembered_are_all_answered() -> None:
    shown = listing([line(1, "a", 0)])
    for _ in range(600):
        assert len(shown.select(moment(1), Query(code="a"))) == 1
    assert [len(shown.select(moment(1), Query(code=str(number)))) for number in range(600)] == [0] * 600
    assert len(shown.select(moment(1), Query(code="a"))) == 1
