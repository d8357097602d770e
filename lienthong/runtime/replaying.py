"""A replay of dead letters on a running bus: sent with care, and watched until the letters have ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from lienthong.adapters.clock import SystemClock
from lienthong.dead_letters.actions import LETTERS_PER_TRANSACTION
from lienthong.dead_letters.actor import Actor
from lienthong.dead_letters.model import LetterStore, ReplayRun
from lienthong.dead_letters.rate_limit import RateLimiter
from lienthong.dead_letters.replay import ObserveReplay, Replay, ReplayOptions, WaitForOutcomes
from lienthong.dead_letters.replay_set import ReplaySet
from lienthong.runtime.composition import Bus, build
from lienthong.runtime.endpoints import Endpoints
from lienthong.runtime.runner import Runner
from lienthong.settings import Settings

WATCH_TIME = timedelta(minutes=2)
"""How long the ledger is watched for outcomes on durable queues before letters count as waiting."""

WATCH_SECONDS = 0.25
"""Between two looks at the ledger."""


@dataclass(frozen=True, slots=True)
class ReplayOrder:
    """How a set is sent. `rate` is letters a second, None for as fast as possible. The others: see `ReplayOptions`."""

    canary: int = 0
    stop_on: int = 0
    rate: float | None = None


def run_replay(
    settings: Settings,
    endpoints: Endpoints,
    letters: ReplaySet,
    order: ReplayOrder,
    *,
    actor: Actor,
    observe: ObserveReplay = lambda _: "",
) -> ReplayRun:
    """Start the bus, send the set, and work until it is at rest. Work that an earlier process left open comes first."""
    bus = build(settings, endpoints, SystemClock(), acting=True)
    with Runner(bus, role="replay") as runner:
        runner.recover()

        def pause(span: timedelta) -> None:
            runner.stop.wait(span.total_seconds())

        replay = Replay(
            bus.storage.letter_store,
            bus.broker,
            options=ReplayOptions(order.canary, order.stop_on),
            rate_limiter=RateLimiter(order.rate, bus.storage.clock, pause),
            who=actor,
            wait_for_outcomes=_wait_for_outcomes(bus, runner),
            observe=observe,
        )
        return replay.run(letters)


def _wait_for_outcomes(bus: Bus, runner: Runner) -> WaitForOutcomes:
    """Embedded queues show when they are empty. On durable ones other processes work too, so the ledger is watched."""

    def watch(numbers: Sequence[int]) -> None:
        until = bus.storage.clock.now() + WATCH_TIME
        while (
            _any_waits(bus.storage.letter_store, numbers)
            and bus.storage.clock.now() < until
            and not runner.stop.wait(WATCH_SECONDS)
        ):
            runner.check()

    return watch if bus.broker.durable else lambda _: runner.wait_until_idle()


def _any_waits(letter_store: LetterStore, numbers: Sequence[int]) -> bool:
    starts = range(0, len(numbers), LETTERS_PER_TRANSACTION)
    slices = (numbers[start : start + LETTERS_PER_TRANSACTION] for start in starts)
    return any("waiting" in letter_store.letters.fates(part).values() for part in slices)
