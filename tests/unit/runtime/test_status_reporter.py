"""What a process tells operators of itself, and a stage that is resumed without a restart."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.status import SqlStatusBoard
from lienthong.envelope import Bundle, Envelope
from lienthong.errors import Transient
from lienthong.intake.poll_log import PollLog
from lienthong.ledger.records import Entry
from lienthong.outcome import Dead, Done, Outcome
from lienthong.ports import SourceStatus, StageCondition, Transaction
from lienthong.ports.status import Spent, TimeKey
from lienthong.processing.circuit_breaker import CircuitBreaker
from lienthong.processing.stage import Stage
from lienthong.processing.stage_times import StageTimes
from lienthong.processing.stage_watch import StageWatch
from lienthong.processing.worker import Worker
from lienthong.retry import RetryPolicy
from lienthong.runtime import status_reporter
from lienthong.runtime.runner import Runner
from lienthong.runtime.status_reporter import StatusReporter
from tests.databases import open_embedded
from tests.events import DAY, event


class Board:
    """A board that keeps what is saved, or fails."""

    def __init__(self) -> None:
        self.saved: list[tuple[list[SourceStatus], list[StageCondition]]] = []
        self.times: list[Mapping[TimeKey, Spent]] = []
        self.error: Exception | None = None
        self.ended = False

    def save(
        self,
        process: Any,
        sources: Sequence[SourceStatus],
        stages: Sequence[StageCondition],
        times: Mapping[TimeKey, Spent],
    ) -> None:
        if self.error is not None:
            raise self.error
        self.saved.append((list(sources), list(stages)))
        self.times.append(times)
        self.ended = process.ended_at is not None


@pytest.fixture
def clock() -> ReplayClock:
    return ReplayClock(DAY)


def make_reporter(
    board: Board, *, polls: PollLog | None = None, watch: StageWatch | None = None, times: StageTimes | None = None
) -> StatusReporter:
    pollers: Any = [SimpleNamespace(name="igate", log=polls)] if polls else []
    workers: Any = [SimpleNamespace(watch=watch, times=times or StageTimes("sink.b"))] if watch else []
    return StatusReporter(board, pollers, workers, role="everything", resume=print)  # type: ignore[arg-type]  # a part of it


def test_only_what_changed_is_written_and_totals_are_what_was_added(clock: ReplayClock) -> None:
    board, polls = Board(), PollLog("igate", clock)
    reporter = make_reporter(board, polls=polls)
    reporter.report()
    polls.begin()
    polls.count(shown=3, new=2)
    reporter.report()
    reporter.report()
    polls.count(shown=4, new=0)
    polls.succeed()
    reporter.report()
    reporter.report(ended=True)
    assert [[one.shown_total for one in sources] for sources, _ in board.saved] == [[], [3], [4], []]
    assert board.ended


def test_what_could_not_be_written_is_written_later_and_the_failure_is_logged_once(clock: ReplayClock) -> None:
    board, polls = Board(), PollLog("igate", clock)
    reporter = make_reporter(board, polls=polls)
    polls.begin()
    polls.count(shown=3, new=2)
    with capture_logs() as logs:
        for error in (Transient("bận"), Transient("bận"), PermissionError("denied"), PermissionError("denied")):
            board.error = error
            reporter.report()
    assert [entry["why"] for entry in logs] == ["bận", "PermissionError: denied"]
    board.error = None
    reporter.report()
    assert [one.shown_total for one in board.saved[0][0]] == [3]


def test_a_stage_is_written_when_its_target_goes_down_and_when_it_is_back(clock: ReplayClock) -> None:
    breaker = CircuitBreaker(lambda: 100.0)
    watch = StageWatch("sink.b", clock, breaker)
    board = Board()
    reporter = make_reporter(board, watch=watch)
    reporter.report()
    for _ in range(3):
        breaker.record_failure("máy chủ 052085001234 bận")
    reporter.report()
    breaker.record_success()
    reporter.report()
    assert board.saved[0][1] == []
    (down,), (well,) = (stages for _, stages in board.saved[1:])
    assert down.down_since is not None and down.probe_at is not None and "052085001234" not in down.down_why
    assert (well.down_since, well.down_why, well.probe_at) == (None, "", None)


def test_events_that_wait_are_shown_with_their_reason_and_the_next_try(clock: ReplayClock) -> None:
    watch = StageWatch("sink.b", clock, CircuitBreaker())
    entry = Entry("e", "igate", "a", DAY, "sink.b", 1, "later", "đích bận")
    bundles = [Bundle("sink.b", (event("a"),), 2, 2, timedelta(seconds=wait)) for wait in (30, 5)]
    watch.note_waits(bundles, [entry])
    assert (watch.condition().waiting_why, watch.condition().next_try_at) == ("đích bận", DAY + timedelta(seconds=5))
    clock.move_to(DAY + timedelta(seconds=6))
    assert watch.condition().next_try_at == DAY + timedelta(seconds=30)
    clock.move_to(DAY + timedelta(seconds=31))
    assert (watch.condition().waiting_why, watch.condition().next_try_at) == ("", None)


@pytest.fixture
def storage(tmp_path: Path, clock: ReplayClock) -> Iterator[SimpleNamespace]:
    database = open_embedded(tmp_path)
    ledger = SqlLedger(database, clock)
    yield SimpleNamespace(ledger=ledger, clock=clock, status_board=SqlStatusBoard(database, ledger))
    database.dispose()


def test_a_halted_stage_is_resumed_through_the_board_while_the_process_runs(
    storage: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_reporter, "TICK_SECONDS", 0.01)
    broker = KombuBroker("memory://", storage.clock, name="resumed")
    broker.declare(["route.a"], ())
    mended, delivered = threading.Event(), threading.Event()

    def handle(envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
        if not mended.is_set():
            return [Dead("hỏng") for _e in envelopes]
        delivered.set()
        return [Done(e) for e in envelopes]

    stage = Stage("route.a", handle, RetryPolicy())
    worker = Worker(stage, broker=broker, ledger=storage.ledger, clock=storage.clock, halt_after=2)
    events = [event(str(number)) for number in range(4)]
    with storage.ledger.transaction() as transaction:
        transaction.receive(events, source="igate", to=("route.a",), cursor={})
    bus: Any = SimpleNamespace(
        workers=[worker],
        pollers=[],
        publishers=[],
        broker=broker,
        storage=storage,
        corrections=None,
        collection=None,
        deliveries=None,
        outages=None,
        has_delivered=lambda: True,
        close=broker.close,
    )
    with Runner(bus, role="everything") as runner:
        broker.publish([Bundle("route.a", tuple(events[:2]))])
        board = storage.status_board
        halted = wait_for(lambda: [one for one in board.stages() if one.halted_since])
        assert "route.a" in halted[0].halted_why and board.processes()[0].ended_at is None
        mended.set()
        assert board.request_resume("route.a", "lan") == 1
        broker.publish([Bundle("route.a", tuple(events[2:]))])
        assert delivered.wait(10)
        wait_for(lambda: [one for one in board.stages() if not one.halted_since])
        assert not runner.stop.is_set()
    assert board.processes()[0].ended_at is not None and board.stages() == []


def wait_for(look: Any) -> Any:
    """What `look` finds, as soon as it finds something."""
    for _ in range(2000):
        if found := look():
            return found
        threading.Event().wait(0.005)
    raise AssertionError("nothing came")


def test_times_are_written_as_what_was_added_also_after_a_failure(clock: ReplayClock) -> None:
    board, times = Board(), StageTimes("route.a")
    reporter = make_reporter(board, watch=StageWatch("route.a", clock, CircuitBreaker()), times=times)
    bundle = Bundle("route.a", (event("a"),))
    times.note(bundle, [], began=0.0)
    reporter.report(ended=True)
    times.note(bundle, [], began=0.0)
    board.error = Transient("x")
    reporter.report(ended=True)
    board.error = None
    times.note(bundle, [], began=0.0)
    reporter.report(ended=True)
    reporter.report(ended=True)
    counts = [{key.kind: spent.bundles for key, spent in one.items()} for one in board.times]
    assert counts == [{"duration": 1}, {"duration": 2}, {}]
