"""The threads of a bus: what the end of one means for the rest."""

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from lienthong.processing.circuit_breaker import Halted
from lienthong.runtime import runner as runner_module
from lienthong.runtime.runner import Runner


class FakeWorker:
    """A worker that ends with an error, or serves until it is stopped."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.serving = threading.Event()

    def run(self, stop: threading.Event) -> None:
        self.serving.set()
        if self.error is not None:
            raise self.error
        stop.wait()


def runner(*workers: FakeWorker) -> Runner:
    broker = SimpleNamespace(depth=lambda: 1, wait_for_change=lambda _: None)
    bus: Any = SimpleNamespace(
        workers=workers, pollers=[], broker=broker, storage=SimpleNamespace(ledger=None), close=int
    )
    return Runner(bus)


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


def test_a_thread_that_keeps_failing_ends_the_process_with_its_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "MAX_RESTARTS", 0)
    with runner(FakeWorker(ZeroDivisionError()), FakeWorker()) as both, pytest.raises(ZeroDivisionError):
        both.wait_until_stopped(print)


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
