"""A rest: who may ask a system that failed, and when."""

import pytest

from connectors.protocols.rest import Rest, Resting
from lienthong import Transient


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_after_a_rest_one_question_is_asked_and_the_others_rest_on() -> None:
    stopwatch = Stopwatch()
    rest = Rest(5, stopwatch)
    rest.check()
    rest.begin(Transient("không trả lời"))
    with pytest.raises(Resting, match="không trả lời"):
        rest.check()
    stopwatch.seconds = 5
    rest.check()
    with pytest.raises(Resting):
        rest.check()
    rest.end()
    rest.check()


def test_resting_is_no_failure_that_makes_the_rest_longer() -> None:
    stopwatch = Stopwatch()
    rest = Rest(5, stopwatch)
    rest.begin(Transient("không trả lời"))
    stopwatch.seconds = 4
    rest.begin(Resting("không trả lời"))
    stopwatch.seconds = 5
    rest.check()
