"""The crew of a bus: what one thread's end means for the others."""

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from lienthong.processing.circuit_breaker import Halted
from lienthong.runtime.runner import Runner


class Hand:
    """A worker that ends as it is told, or serves until it is stopped."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.serving = threading.Event()

    def run(self, stop: threading.Event) -> None:
        self.serving.set()
        if self.error is not None:
            raise self.error
        stop.wait()


def runner(*crash_markers: Hand) -> Runner:
    broker = SimpleNamespace(depth=lambda: 1, wait_for_change=lambda _: None)
    bus: Any = SimpleNamespace(
        workers=crash_markers, pollers=[], broker=broker, storage=SimpleNamespace(ledger=None), close=int
    )
    return Runner(bus)


def test_a_stage_that_halts_is_told_and_the_others_go_on() -> None:
    steady, told = Hand(), []
    with runner(Hand(Halted("Chặng route.a tự dừng")), steady) as both:

        def tell(why: str) -> None:
            told.append(why)
            assert steady.serving.wait(5) and not both.stop.is_set()
            both.stop.set()

        both.wait_until_stopped(tell)
    assert told == ["Chặng route.a tự dừng"]


@pytest.mark.parametrize("wait", [lambda c: c.wait_until_idle(), lambda c: c.drain(lambda: False)])
def test_whoever_waits_for_the_end_is_told_that_a_stage_halted(wait: Callable[[Runner], None]) -> None:
    with runner(Hand(Halted("tự dừng"))) as alone, pytest.raises(Halted):
        wait(alone)


def test_what_a_thread_died_of_is_raised_where_the_bus_is_waited_for() -> None:
    with runner(Hand(ZeroDivisionError()), Hand()) as both, pytest.raises(ZeroDivisionError):
        both.wait_until_stopped(print)
