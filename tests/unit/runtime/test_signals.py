"""Signals are received at any moment, and never block."""

import signal

import pytest

from lienthong.runtime.signals import stop_signal


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_received_even_in_the_middle_of_waiting_for_it(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with stop_signal() as stop:
        with stop._cond:  # type: ignore[attr-defined]  # where a thread that begins or ends a wait is for a moment
            signal.raise_signal(number)
        assert stop.wait(10)
    assert signal.getsignal(number) is before


def test_without_a_signal_the_event_stays_clear() -> None:
    with stop_signal() as stop:
        assert not stop.is_set()
    assert not stop.is_set()
