"""The sources: how each of them is, by its settings and by what its polls left on the status board."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol

from lienthong.configuration.faults import Mismatch
from lienthong.configuration.names import resolve
from lienthong.configuration.schedule_calendars import with_calendar
from lienthong.intake.schedule import describe_cursor, moments_after
from lienthong.masking import mask_text
from lienthong.operations.processes import Processes, find_processes
from lienthong.ports import Cursor, Ledger, PushStatus, SourceStatus, StatusBoard
from lienthong.recurrence import MonthlyWorkingDay
from lienthong.route import DOORS, Door, Origin
from lienthong.settings import SCHEDULE_LOOK, InboxSettings, ScheduleSettings, Settings, SourceSettings

HANGING_AFTER = timedelta(minutes=10)
"""How long a poll may go on without a page before the source counts as hanging."""

LATE_AFTER = timedelta(minutes=2)
"""How late a poll may begin before an operator has to look why."""

SourceState = Literal[
    "polling", "waiting", "held", "never", "finished", "down", "refused", "failing", "hanging", "silent", "stopped",
    "unused", "disabled",
]  # fmt: skip
"""What an operator has to know first about a source.

- `polling`, `waiting`: a poll runs, or the next one is awaited.
- `held`: others must be read first (`after` of a route). `never`: it was not polled yet.
- `finished`: the process that polled it was to end, and has.
- `down`, `refused`, `failing`: its last poll failed; see `Trouble`.
- `hanging`: its poll goes on without a page. `silent`: nothing new for longer than its `silent_after`.
- `stopped`: no process polls it, though one should.
- `unused`: no route takes its events. `disabled`: its file states it.
"""

FAULTS: frozenset[SourceState] = frozenset({"down", "refused", "failing", "hanging", "silent", "stopped"})
"""The states in which an operator has to do something."""


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source, a schedule or an inbox as it is shown. `cursor` is in words or JSON, masked; "" where nothing was read.

    - `awaited`: the sources that must be read before it.
    - `pushes`: of an inbox, what was pushed to it. Its polls publish what was pushed.
    - `next_due`: of a schedule, its next due moment (local time). `lacks_days_of`: the calendar by which that
      moment is counted, when no notice in it states the days off of that year.
    """

    name: str
    state: SourceState
    status: SourceStatus
    every: timedelta | None = None
    silent_after: timedelta | None = None
    cursor: str = ""
    awaited: Sequence[str] = ()
    pushes: PushStatus | None = None
    next_due: datetime | None = None
    lacks_days_of: str = ""

    @property
    def is_faulty(self) -> bool:
        return self.state in FAULTS


class Rhythm(Protocol):
    """How often something is polled, and how long it may bring nothing new."""

    @property
    def every(self) -> timedelta: ...

    @property
    def silent_after(self) -> timedelta | None: ...


@dataclass(frozen=True, slots=True)
class _EachLook:
    every: timedelta = SCHEDULE_LOOK
    silent_after: timedelta | None = None


_LOOKED_AT = _EachLook()
"""The rhythm of a schedule: it is looked at again and again, and may be due as seldom as it likes."""

SHOWN: Sequence[Door] = ("source", "schedule", "inbox")


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at the sources is made of; `now` is its moment."""

    statuses: Mapping[str, SourceStatus]
    processes: Processes
    now: datetime


def look_at_sources(board: StatusBoard, ledger: Ledger, settings: Settings, now: datetime) -> Sequence[SourceView]:
    """Every configured source by name, then every schedule and every inbox, the disabled ones last."""
    look = Look(board.sources(), find_processes(board, now), now)
    views = [_source(source, look, ledger, settings) for source in settings.sources.values()]
    views += [_schedule(schedule, look, ledger, settings) for schedule in settings.schedules.values()]
    pushes = board.pushes() if settings.inboxes else {}
    views += [_inbox(inbox, look, ledger, settings, pushes) for inbox in settings.inboxes.values()]
    names = [str(Origin(door, name)) for door in SHOWN for name in settings.disabled.get(DOORS[door], ())]
    return [*views, *(SourceView(name, "disabled", _status(name, look)) for name in names)]


def _source(source: SourceSettings, look: Look, ledger: Ledger, settings: Settings) -> SourceView:
    cursor = ledger.cursor(source.name)
    view = _view(source.name, source, look, ledger, settings)
    shown = mask_text(_in_words(source, cursor)) if cursor else ""
    return replace(view, every=source.every, silent_after=source.silent_after, cursor=shown)


def _schedule(schedule: ScheduleSettings, look: Look, ledger: Ledger, settings: Settings) -> SourceView:
    cursor = ledger.cursor(schedule.source)
    view = _view(schedule.source, _LOOKED_AT, look, ledger, settings)
    rule = with_calendar(schedule, settings.calendars).rule
    due = next(moments_after(rule, cursor, schedule.start), None) if view.state != "unused" else None
    lacks = rule.days.name if due and isinstance(rule, MonthlyWorkingDay) and not rule.knows(due) else ""
    shown = describe_cursor(cursor) if cursor else ""
    return replace(view, cursor=shown, next_due=due, lacks_days_of=lacks)


def _inbox(
    inbox: InboxSettings, look: Look, ledger: Ledger, settings: Settings, pushes: Mapping[str, PushStatus]
) -> SourceView:
    rhythm = _EachLook(silent_after=inbox.silent_after)
    view = _view(inbox.source, rhythm, look, ledger, settings)
    return replace(view, silent_after=inbox.silent_after, pushes=pushes.get(inbox.name, PushStatus(inbox.name)))


def _view(name: str, rhythm: Rhythm, look: Look, ledger: Ledger, settings: Settings) -> SourceView:
    status = _status(name, look)
    state = source_state(rhythm, status, look) if settings.routes_from(name) else "unused"
    awaited: Sequence[str] = ()
    if state == "never":
        awaited = [one for one in settings.awaited_by(name) if ledger.reading(one) != "handled"]
    return SourceView(name, "held" if awaited else state, status, awaited=awaited)


def _status(name: str, look: Look) -> SourceStatus:
    return look.statuses.get(name, SourceStatus(source=name))


def source_state(source: Rhythm, status: SourceStatus, look: Look) -> SourceState:
    """The state of a source that routes take events from; the worst that is true of it."""
    if status.first_at is None:
        return "stopped" if look.processes.should_run and not look.processes.running else "never"
    if not look.processes.running:
        return _without_process(status, look)
    if status.running_since is not None and look.processes.lives(status.process):
        is_stuck = look.now - (status.progress_at or status.running_since) > HANGING_AFTER
        return "hanging" if is_stuck else status.trouble or "polling"
    if _is_late(source, status, look.now):
        return "stopped"
    if status.trouble:
        return status.trouble
    return "silent" if _is_silent(source, status, look.now) else "waiting"


def _without_process(status: SourceStatus, look: Look) -> SourceState:
    if look.processes.should_run:
        return "stopped"
    return status.trouble or "finished"


def _is_late(source: Rhythm, status: SourceStatus, now: datetime) -> bool:
    due = status.next_at or (status.ended_at or status.first_at or now) + source.every
    return now - due > max(LATE_AFTER, source.every)


def _is_silent(source: Rhythm, status: SourceStatus, now: datetime) -> bool:
    since = status.new_at or status.first_at
    return source.silent_after is not None and since is not None and now - since > source.silent_after


def _in_words(source: SourceSettings, cursor: Cursor) -> str:
    """The cursor as the class of the source describes it with `describe_cursor`, else as compact JSON."""
    try:
        describe: Callable[[Cursor], str] | None = getattr(resolve(source.use), "describe_cursor", None)
        if describe is not None:
            return str(describe(cursor))
    except Mismatch:
        pass  # its code cannot be loaded, which `check` explains; the cursor is shown all the same
    except Exception as error:  # noqa: BLE001 - the project's own code
        return f"{json.dumps(cursor, ensure_ascii=False)} ({type(error).__name__})"
    return json.dumps(cursor, ensure_ascii=False, separators=(",", ":"))


def source_json(view: SourceView) -> dict[str, Any]:
    """Instants are UTC in ISO 8601, durations seconds."""
    status = view.status
    return {
        "source": view.name,
        "state": view.state,
        "faulty": view.is_faulty,
        "every_seconds": view.every.total_seconds() if view.every else None,
        "silent_after_seconds": view.silent_after.total_seconds() if view.silent_after else None,
        "polling_since": _iso(status.running_since),
        "last_poll": {"began": _iso(status.began_at), "ended": _iso(status.ended_at)},
        "last_success": _iso(status.success_at),
        "last_new_event": _iso(status.new_at),
        "last_error": status.why or None,
        "in_trouble_since": _iso(status.trouble_since),
        "next_poll": _iso(status.next_at),
        "next_due": _iso(view.next_due and view.next_due.astimezone(UTC)),
        "records": {"read": status.shown, "new": status.new},
        "records_total": {"read": status.shown_total, "new": status.new_total},
        "cursor": view.cursor or None,
        "waits_for": list(view.awaited),
        "pushes": _pushes_json(view.pushes) if view.pushes else None,
    }


def _pushes_json(pushes: PushStatus) -> dict[str, Any]:
    return {
        "recorded": pushes.pushes,
        "refused": pushes.refused,
        "last_push": _iso(pushes.pushed_at),
        "last_refusal": _iso(pushes.refused_at),
        "refusal": pushes.refusal or None,
    }


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
