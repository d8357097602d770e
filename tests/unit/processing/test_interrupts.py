"""Project code that raises what ends a process costs its own events or its own poll. Ctrl+C still reaches `main`."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from lienthong.envelope import Envelope
from lienthong.errors import pass_interrupt_on
from lienthong.outcome import Dead, Later
from lienthong.processing.stage import SinkFailure, sink_stage
from lienthong.processing.steps import ApplyStep, EnrichStep
from lienthong.retry import RetryPolicy
from lienthong.runtime.stand_in import make_or_stand_in
from lienthong.runtime.threads import Call, StopClock
from tests.events import event

ANY: Any = None
ENDINGS = [KeyboardInterrupt, SystemExit, asyncio.CancelledError, GeneratorExit]


def in_a_thread(work: Callable[[], Any]) -> Any:
    return Call(work, name="work").wait(StopClock(threading.Event()))


def raising(ending: type[BaseException]) -> Callable[..., Any]:
    def work(*_: Any) -> Any:
        raise ending

    return work


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_step_makes_its_event_dead(ending: type[BaseException]) -> None:
    outcome = in_a_thread(lambda: ApplyStep("x.leave", raising(ending)).run(event("a")))
    assert isinstance(outcome, Dead) and outcome.error == ending.__name__


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_sink_fails_as_any_sink(ending: type[BaseException]) -> None:
    class Leaves:
        def deliver(self, envelopes: Sequence[Envelope], transaction: Any) -> Any:
            raise ending

    with pytest.raises(SinkFailure) as failure:
        in_a_thread(lambda: sink_stage("sink.a", Leaves(), RetryPolicy()).handle([event("a")], ANY))
    assert ending.__name__ in failure.value.outcome().why


@pytest.mark.parametrize("ending", ENDINGS)
def test_events_wait_for_a_lookup(ending: type[BaseException]) -> None:
    class Leaves:
        def find_many(self, keys: Sequence[str]) -> Any:
            raise ending

    outcomes: dict[int, Any] = {}
    step = EnrichStep("x.tag", lambda _: ["k"], "register", Leaves(), raising(ending))
    assert in_a_thread(lambda: step.run([(0, event("a"))], outcomes)) == []
    assert isinstance(outcomes[0], Later)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_connector_has_a_stand_in(ending: type[BaseException]) -> None:
    connector = in_a_thread(lambda: make_or_stand_in("x", raising(ending)))
    with pytest.raises(ending):
        connector.poll({})


def test_ctrl_c_is_passed_on_in_the_main_thread_alone() -> None:
    with pytest.raises(KeyboardInterrupt):
        ApplyStep("x.leave", raising(KeyboardInterrupt)).run(event("a"))
    pass_interrupt_on(SystemExit())
    in_a_thread(lambda: pass_interrupt_on(KeyboardInterrupt()))
