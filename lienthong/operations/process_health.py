"""The part of the doctor's examination that asks the status board: processes, sources, stages."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from lienthong.envelope import LOCAL_ZONE
from lienthong.messages import Message, format_number, message, message_n
from lienthong.operations.health_items import HealthItem, Installation
from lienthong.operations.labels import role_label, source_state_label
from lienthong.operations.processes import Processes, find_processes
from lienthong.operations.sources import look_at_sources
from lienthong.ports import Ledger, ProcessStatus, StageCondition, StatusBoard


def examine_processes(installation: Installation) -> Iterator[HealthItem]:
    """Whether processes live that serve this ledger, and what they tell of sources and stages."""
    from lienthong.adapters.clock import SystemClock
    from lienthong.adapters.sql.ledger import SqlLedger
    from lienthong.adapters.sql.status import SqlStatusBoard

    if not installation.has_board:
        return
    ledger = SqlLedger(installation.ledger_database, SystemClock())
    yield from _examine(SqlStatusBoard(installation.ledger_database, ledger), ledger, installation)


def _examine(board: StatusBoard, ledger: Ledger, installation: Installation) -> Iterator[HealthItem]:
    now = datetime.now(UTC)
    processes = find_processes(board, now)
    yield _processes(processes, ledger.in_flight())
    yield from _sources(board, ledger, installation, now)
    for condition in board.stages():
        if processes.lives(condition.process):
            yield from _stage(condition)


def _processes(processes: Processes, open_events: int) -> HealthItem:
    topic = message("Processes")
    if processes.running:
        found = "; ".join(_describe(one) for one in processes.running)
        return HealthItem(topic, "ok", found)
    advice = message("run `lienthong run`; unfinished work goes on by itself")
    what = message_n(
        "no process is running, and {count} event is not finished",
        "no process is running, and {count} events are not finished",
        count=open_events,
    )
    if processes.last is None:
        if open_events:
            return HealthItem(topic, "fail", what, advice)
        return HealthItem(topic, "warn", message("no process has worked on this ledger yet"), advice)
    last = _last(processes.last)
    if open_events:
        return HealthItem(topic, "fail", message("{what}; the last one: {last}", what=what, last=last), advice)
    found = message("no process is running, and no work is left; the last one: {last}", last=last)
    if processes.last.ended_at is None:
        return HealthItem(topic, "fail", found, advice)
    return HealthItem(topic, "warn" if processes.should_run else "ok", found, advice if processes.should_run else "")


def _describe(process: ProcessStatus) -> Message:
    return message(
        "{role} (process {pid} on {host}, since {since})",
        role=role_label(process.role),
        pid=process.pid,
        host=process.host,
        since=_time(process.began_at),
    )


def _last(process: ProcessStatus) -> Message:
    known = _describe(process)
    if process.ended_at is not None:
        return message("{process}, ended in order at {time}", process=known, time=_time(process.ended_at))
    return message("{process}, last heard of at {time}, not ended in order", process=known, time=_time(process.seen_at))


def _sources(board: StatusBoard, ledger: Ledger, installation: Installation, now: datetime) -> Iterator[HealthItem]:
    topic = message("Sources")
    views = look_at_sources(board, ledger, installation.loaded.settings, now)
    faulty = [view for view in views if view.is_faulty]
    for view in faulty:
        found = message("{source}: {state}", source=view.name, state=source_state_label(view.state))
        if view.status.why:
            found = message("{found} ({why})", found=found, why=view.status.why)
        yield HealthItem(topic, "fail", found, message("see `lienthong sources`"))
    if views and not faulty:
        counts = Counter(view.state for view in views)
        states = (f"{source_state_label(state)} {format_number(count)}" for state, count in sorted(counts.items()))
        yield HealthItem(topic, "ok", ", ".join(states))


def _stage(condition: StageCondition) -> Iterator[HealthItem]:
    topic = message("Stages")
    if condition.halted_since is not None:
        found = message(
            "{stage} has halted by itself at {since}", stage=condition.stage, since=_time(condition.halted_since)
        )
        advice = message("see `lienthong dead groups`, then `lienthong resume {stage}`", stage=condition.stage)
        yield HealthItem(topic, "fail", found, advice)
    elif condition.down_since is not None:
        found = message(
            "the target of {stage} is down since {since}: {why}",
            stage=condition.stage,
            since=_time(condition.down_since),
            why=condition.down_why,
        )
        yield HealthItem(topic, "fail", found, message("see `lienthong queues`; nothing is lost, and no attempt spent"))


def _time(instant: datetime) -> str:
    return f"{instant.astimezone(LOCAL_ZONE):%d/%m/%Y %H:%M:%S}"
