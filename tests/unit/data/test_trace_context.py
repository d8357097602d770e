"""W3C Trace Context: what is taken on, what is ignored, and what of a state travels along."""

import pytest

from lienthong.data.trace_context import (
    STATE_LIMIT,
    Trace,
    begin_trace,
    continued,
    current_trace,
    on_behalf_of,
    on_behalf_of_key,
    sound_parent,
    sound_state,
    sound_trace,
)
from tests.events import event

ID, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PARENT = f"00-{ID}-{SPAN}-01"
OTHER = f"00-{'1' * 32}-{SPAN}-00"


def test_our_part_has_the_trace_and_another_span() -> None:
    trace = continued(PARENT, "vendor=1,other@sys=a b")
    assert trace is not None
    version, of_trace, span, flags = trace.parent.split("-")
    assert (version, of_trace, flags) == ("00", ID, "01")
    assert span != SPAN
    assert sound_parent(trace.parent) == trace.parent
    assert trace.state == "vendor=1,other@sys=a b"
    assert continued(PARENT) != continued(PARENT)


@pytest.mark.parametrize(
    "given",
    [
        *(None, 7, "", "x", PARENT.upper(), PARENT[:-1], f"{PARENT}0", f"{PARENT}-more", f"ff{PARENT[2:]}"),
        *(f"00-{'0' * 32}-{SPAN}-01", f"00-{ID}-{'0' * 16}-01", f"00-{ID}-{SPAN}-0g", f"{PARENT}, {PARENT}"),
        *(f"0{PARENT}", PARENT.replace("-", "_"), "٠٠" + PARENT[2:], f"01{PARENT[2:]}x", "a" * 100_000),
    ],
)
def test_what_is_malformed_is_ignored_with_its_state(given: object) -> None:
    assert continued(given, "vendor=1") is None
    assert sound_trace(given, "vendor=1") == (None, None)


def test_a_later_version_is_read_as_the_one_we_know() -> None:
    assert sound_parent(f"cc-{ID}-{SPAN}-01-what-is-new") == PARENT
    assert sound_parent(f"cc-{ID}-{SPAN}-01") == PARENT
    assert sound_parent(f"00-{ID}-{SPAN}-ff") == f"00-{ID}-{SPAN}-03", "unknown flags are not passed on"


@pytest.mark.parametrize(
    "given",
    [
        *(None, 7, "", " , ", "vendor", "vendor=", "=1", "Vendor=1", "a=1,a=2", "a=1;b=2,c", "a=é", "a=1\0"),
        *(",".join(f"v{n}=1" for n in range(33)), "a=" + "x" * 257, "k" * 257 + "=1", "a@" + "s" * 15 + "=1"),
    ],
)
def test_a_malformed_state_is_ignored_alone(given: object) -> None:
    assert sound_state(given) is None
    assert sound_trace(PARENT, given) == (PARENT, None)


def test_a_state_beyond_the_limit_loses_its_long_members_and_then_its_last() -> None:
    long, short = "long=" + "x" * 200, [f"m{n}={'y' * 40}" for n in range(12)]
    kept = sound_state(",".join([long, *short]))
    assert kept is not None
    assert len(kept) <= STATE_LIMIT
    assert kept == ",".join(short[: kept.count(",") + 1])
    assert len(f"{kept},{short[0]}") > STATE_LIMIT
    assert sound_state(" a=1 ,\tb=2,, ") == "a=1,b=2"


def test_a_trace_that_begins_here_is_sound() -> None:
    trace = begin_trace()
    assert sound_parent(trace.parent) == trace.parent
    assert trace.state is None


def test_calls_for_events_of_one_trace_carry_it_and_for_several_none() -> None:
    one, same, other, none = (
        event("a")._replace(trace=PARENT, tracestate="v=1"),
        event("b")._replace(trace=f"00-{ID}-{'2' * 16}-01"),
        event("c")._replace(trace=OTHER),
        event("d"),
    )
    assert current_trace() is None
    with on_behalf_of([one, same]):
        assert current_trace() == Trace(PARENT, "v=1")
        with on_behalf_of([other]):
            assert current_trace() == Trace(OTHER)
    for events in ([one, other], [one, none], [none, one], []):
        with on_behalf_of(events):
            assert current_trace() is None
    assert current_trace() is None


def test_each_key_of_a_lookup_has_the_trace_of_its_event() -> None:
    one, other = event("a")._replace(trace=PARENT), event("b")._replace(trace=OTHER)
    with on_behalf_of([one, other], {"a": one, "b": other}):
        with on_behalf_of_key("b"):
            assert current_trace() == Trace(OTHER)
        with on_behalf_of_key("a"):
            assert current_trace() == Trace(PARENT)
        with on_behalf_of_key("unknown"):
            assert current_trace() is None
    with on_behalf_of([one]), on_behalf_of_key("any"):
        assert current_trace() == Trace(PARENT)
