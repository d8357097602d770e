"""The threads of a bus: what the end of one means for the rest."""

import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from lienthong.errors import Transient
from lienthong.intake.poller import Poll
from lienthong.processing.circuit_breaker import Halted
from lienthong.runtime import runner as runner_module
from lienthong.runtime import threads
from lienthong.runtime.runner import Runner


class FakeWorker:
    """A worker that ends with an error, or serves until it is stopped."""

    name = "route.a"

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.serving = threading.Event()

    def run(self, stop: threading.Event) -> None:
        self.serving.set()
        if self.error is not None:
            raise self.error
        stop.wait()


def runner(*workers: FakeWorker, depth: int = 1, ledger: object = None, corrections: object = None) -> Runner:
    bus: Any = SimpleNamespace(
        workers=workers,
        pollers=[],
        publishers=[],
        broker=SimpleNamespace(depth=lambda: depth, wait_for_change=lambda _: None),
        storage=SimpleNamespace(ledger=ledger),
        corrections=corrections,
        collection=None,
        deliveries=None,
        outages=None,
        has_delivered=lambda: True,
        close=int,
    )
    return Runner(bus)


@pytest.mark.slow
def test_a_stage_that_halts_is_reported_and_the_rest_go_on() -> None:
    steady, reports = FakeWorker(), []
    with runner(FakeWorker(Halted("Chặng route.a tự dừng")), steady) as both:

        def report(why: str) -> None:
            reports.append(why)
            assert steady.serving.wait(5) and not both.stop.is_set()
            both.stop.set()

        both.wait_until_stopped(report)
    assert reports == ["Chặng route.a tự dừng"]


@pytest.mark.parametrize("wait", [lambda c: c.wait_until_idle(), lambda c: c.drain(lambda: False)])
def test_a_wait_for_the_end_raises_when_a_stage_halts(wait: Callable[[Runner], None]) -> None:
    with runner(FakeWorker(Halted("tự dừng"))) as alone, pytest.raises(Halted):
        wait(alone)


def test_a_run_that_waits_for_the_end_raises_the_error_of_a_thread_that_keeps_failing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runner_module, "MAX_RESTARTS", 0)
    with runner(FakeWorker(ZeroDivisionError()), FakeWorker()) as both, pytest.raises(ZeroDivisionError):
        both.drain(lambda: False)


@pytest.mark.parametrize(("corrected", "looks"), [([2, 0], 2), ([0], 1)])
def test_a_run_that_waits_for_the_end_corrects_what_a_sink_has_and_its_route_has_not_passed_on(
    corrected: list[int], looks: int
) -> None:
    """Also when another process corrects it, or nothing explains it, the run ends."""
    amounts = iter([5, -2, -1, -1])
    ledger = SimpleNamespace(in_flight=lambda: next(amounts), keep_sums=lambda **_: True)
    answers = iter(corrected)
    asked = []

    def correct() -> int:
        asked.append(1)
        return next(answers)

    runner(depth=0, ledger=ledger, corrections=SimpleNamespace(run=correct)).drain(lambda: False)
    assert len(asked) == looks


@pytest.mark.slow
def test_a_serving_bus_raises_only_what_no_further_start_can_mend() -> None:
    exhausted: Any = MemoryError()
    with runner(FakeWorker(exhausted)) as alone:
        alone._failure = ZeroDivisionError()  # a thread that failed often is started again all the same
        alone._fatal = SystemExit()
        with pytest.raises(SystemExit):
            alone.wait_until_stopped(print)


class Stuck:
    """A worker, or a source, whose code never returns and never looks whether it should."""

    name = "igate"

    def __init__(self) -> None:
        self.entered, self.release = threading.Event(), threading.Event()

    def run(self, stop: threading.Event) -> None:
        self.entered.set()
        self.release.wait()

    poll = run


def test_a_stop_leaves_a_stuck_thread_behind_and_names_it() -> None:
    stuck = Stuck()
    with capture_logs() as logged, runner(stuck) as alone:  # type: ignore[arg-type]  # it has what a worker needs
        alone._clock = threads.StopClock(alone.stop, seconds=0.2)
        assert stuck.entered.wait(5)
        began = time.monotonic()
    assert time.monotonic() - began < 3
    assert ("igate", True) in [(line.get("thread"), "test_runner.py" in line.get("where", "")) for line in logged]
    stuck.release.set()


def test_a_poll_that_never_returns_does_not_outlive_a_stop() -> None:
    stuck = Stuck()
    with runner() as alone:
        alone._clock = threads.StopClock(alone.stop, seconds=0.2)
        alone.stop.set()
        with pytest.raises(Transient):
            alone.poll(stuck)  # type: ignore[arg-type]  # it has what a poller needs
    stuck.release.set()


def test_a_poll_gives_its_result_and_its_error_to_the_caller() -> None:
    with runner() as alone:
        assert alone.poll(SimpleNamespace(name="a", poll=lambda _: Poll(3, 2))) == Poll(3, 2)  # type: ignore[arg-type]  # it has what a poller needs
        with pytest.raises(ZeroDivisionError):
            alone.poll(SimpleNamespace(name="a", poll=lambda _: 1 / 0))  # type: ignore[arg-type]  # it has what a poller needs


class FailsOnce(FakeWorker):
    """A worker that fails when it is started, and serves when it is started again."""

    def run(self, stop: threading.Event) -> None:
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        super().run(stop)


def test_a_thread_that_failed_is_started_again_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "FIRST_RESTART_DELAY_SECONDS", 0.0)
    failing, steady = FailsOnce(ValueError("broken")), FakeWorker()
    with runner(failing, steady) as both:
        assert failing.serving.wait(5) and steady.serving.wait(5)
        both.check()
