"""Project code that calls `sys.exit` costs its own events or its own poll, never the process."""

import sys
from collections.abc import Sequence
from typing import Any

import pytest

from lienthong.envelope import Envelope
from lienthong.outcome import Dead, Later
from lienthong.processing.stage import SinkFailure, sink_stage
from lienthong.processing.steps import ApplyStep, EnrichStep
from lienthong.retry import RetryPolicy
from tests.events import event

ANY: Any = None


def leave(*_: Any) -> Any:
    sys.exit(0)


def test_a_sink_that_exits_fails_as_any_sink() -> None:
    class Leaves:
        def deliver(self, envelopes: Sequence[Envelope], transaction: Any) -> Any:
            leave()

    with pytest.raises(SinkFailure) as failure:
        sink_stage("sink.a", Leaves(), RetryPolicy()).handle([event("a")], ANY)
    assert "SystemExit" in failure.value.outcome().why


def test_a_step_that_exits_makes_its_event_dead() -> None:
    outcome = ApplyStep("x.leave", leave).run(event("a"))
    assert isinstance(outcome, Dead) and outcome.error == "SystemExit"


def test_events_wait_for_a_lookup_that_exits() -> None:
    class Leaves:
        def find_many(self, keys: Sequence[str]) -> Any:
            leave()

    outcomes: dict[int, Any] = {}
    step = EnrichStep("x.tag", lambda _: ["k"], "register", Leaves(), leave)
    assert step.run([(0, event("a"))], outcomes) == []
    assert isinstance(outcomes[0], Later)
