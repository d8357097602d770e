"""How long a stage takes, by bundles: what is timed, and what is not."""

from datetime import UTC, datetime, timedelta

import pytest

from lienthong.envelope import Bundle
from lienthong.ports.status import Spent, TimeKey
from lienthong.processing import stage_times
from lienthong.processing.stage_times import StageTimes
from tests.events import entry, event

NOW = 1_700_000_100.0


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage_times, "now", lambda: NOW)


def received(name: str, seconds_ago: float) -> object:
    moment = datetime.fromtimestamp(NOW, UTC) - timedelta(seconds=seconds_ago)
    return event(name)._replace(received_at=moment)


def bundle(stage: str, *names: str, turn: int = 1, sent: int = 0) -> Bundle:
    events = tuple(received(name, 10.0 * number) for number, name in enumerate(names, 1))
    return Bundle(stage, events, turn=turn, sent=sent)  # type: ignore[arg-type]  # events


def test_the_work_and_the_wait_of_each_bundle_are_added() -> None:
    times = StageTimes("route.a")
    for _ in range(2):
        times.note(bundle("route.a", "x", sent=int(NOW) - 10), [entry(event("x"), "route.a", "done")], NOW - 3)
    assert times.sums() == {TimeKey("duration", "route.a"): Spent(2, 6.0), TimeKey("wait", "route.a"): Spent(2, 14.0)}


def test_a_wait_on_purpose_and_one_that_is_not_known_are_left_out() -> None:
    times = StageTimes("route.a")
    times.note(bundle("route.a", "x", turn=2, sent=int(NOW) - 3600), [], NOW - 1)
    times.note(bundle("route.a", "x"), [], NOW - 1)
    assert times.sums() == {TimeKey("duration", "route.a"): Spent(2, 2.0)}


def test_the_critical_time_is_that_of_the_event_which_was_received_first_and_of_sinks_alone() -> None:
    times = StageTimes("sink.b")
    written = [entry(event("x"), "sink.b", "done")]
    times.note(bundle("sink.b", "x", "y", "z"), written, NOW)
    assert times.sums()[TimeKey("critical", "sink.b", "igate")] == Spent(1, 30.0)
    times.note(bundle("sink.b", "x"), [entry(event("x"), "sink.b", "later")], NOW)
    assert times.sums()[TimeKey("critical", "sink.b", "igate")].bundles == 1


def test_a_clock_that_was_set_back_makes_no_negative_time() -> None:
    times = StageTimes("sink.b")
    times.note(bundle("sink.b", "x", sent=int(NOW) + 60), [], NOW + 5)
    assert {spent.seconds for spent in times.sums().values()} == {0.0}
