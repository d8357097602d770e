"""Plays a recording: the project's sandbox runs in a second process, and its clock is moved from moment to moment."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import structlog

from lienthong.adapters.clock import ReplayClock
from lienthong.envelope import parse_utc
from lienthong.errors import LienthongError, Transient
from lienthong.intake.poller import Poller
from lienthong.intake.schedule_poller import SchedulePoller
from lienthong.messages import Message, message
from lienthong.runtime.composition import Bus
from lienthong.runtime.runner import Runner
from lienthong.runtime.world import Playing

EMPTY_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
"""Where the clock begins for a recording without moments and months."""

MAX_POLLS = 5
"""Polls of a source at one moment of a recording before the recording goes on without its answer."""

RETRY_SECONDS, LONGEST_RETRY_SECONDS = 0.2, 5.0
"""Real time before a source is polled again: longer with each poll, or as long as it asks for, up to a limit."""

_NO_LIVE_BUS = {"LIENTHONG_ENV": ""}
"""What names the live bus; a recording must not know it. Its project does not know the servers either."""

log = structlog.get_logger(__name__)


class SandboxFailed(LienthongError):  # noqa: N818 - the name states what is wrong
    """The sandbox did not start; the message contains what it reported."""

    has_lines = True


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording, and the sandbox that serves it.

    - `ticks` are the moments at which it shows something new, `periods` the months it covers (YYYY-MM).
    - `variables` are what the configuration substitutes, in place of what the environment has: the addresses of the
      stand-ins and the secrets they take. `stand_ins` are the addresses of the systems that the recording has.
    """

    name: str
    ticks: Sequence[datetime]
    periods: Sequence[str]
    variables: Mapping[str, str]
    stand_ins: Sequence[str]
    client: httpx.Client
    folder: Path | None = None

    @property
    def begins(self) -> datetime:
        """Its first moment; without moments, the beginning of its first month."""
        if self.ticks:
            return self.ticks[0]
        return datetime.fromisoformat(f"{self.periods[0]}-01T00:00:00+07:00") if self.periods else EMPTY_BEGIN

    @property
    def playing(self) -> Playing:
        """What a bus is built with, so that it plays this recording and reaches nothing else."""
        return Playing(self.stand_ins, self.folder)

    def show(self, moment: datetime) -> None:
        """Move the sandbox's clock."""
        self.client.put("/-/clock", json={"now": moment.isoformat()}).raise_for_status()


def sandbox_command(project: Path, recording: Path) -> tuple[list[str], dict[str, str]]:
    """The command that starts the project's sandbox over a recording, and its environment.

    Raises `SandboxFailed` when the project has no sandbox.
    """
    if not (project / "sandbox" / "__main__.py").is_file():
        raise SandboxFailed(
            message(
                "the project {project} has no stand-ins for the outside systems: a recording is played by its package "
                "`sandbox`, which `python -m sandbox` starts",
                project=project,
            )
        )
    path = os.pathsep.join(filter(None, [str(project), os.environ.get("PYTHONPATH")]))
    # -P: the working directory may have a package `sandbox` as well, which is not meant.
    command = [sys.executable, "-P", "-m", "sandbox", "--recording", str(recording)]
    return command, {**os.environ, "PYTHONPATH": path}


@contextmanager
def sandbox(project: Path, folder: Path) -> Iterator[Recording]:
    """The project's sandbox on a free port, in a process of its own that ends with this one."""
    command, environment = sandbox_command(project, folder)
    with subprocess.Popen(  # noqa: S603 - our own module, no shell
        [*command, "--until-stdin-closes"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl+C reaches us only: the sandbox ends after the current work is finished
    ) as process:
        assert process.stdin and process.stdout and process.stderr  # noqa: S101 - pipes were asked for
        try:
            line = process.stdout.readline()
            if not line:
                raise SandboxFailed(_failure(process.stderr.read().strip()))
            answer = json.loads(line)
            with httpx.Client(base_url=answer["url"]) as client:
                yield replace(_parse(answer, client), folder=folder)
        finally:
            process.stdin.close()
            process.wait()


def _failure(report: str) -> Message:
    if not report:
        return message("the sandbox ended without a report")
    return message("the sandbox did not start. This is its report:\n{report}", report=report)


def _parse(answer: Mapping[str, Any], client: httpx.Client) -> Recording:
    return Recording(
        name=answer["name"],
        ticks=[parse_utc(tick) for tick in answer["ticks"]],
        periods=answer["months"],
        variables={**answer["variables"], **_NO_LIVE_BUS},
        stand_ins=_stand_ins(answer),
        client=client,
    )


def _stand_ins(answer: Mapping[str, Any]) -> Sequence[str]:
    """The addresses of the systems that the recording has; of all, where the sandbox does not tell which these are."""
    if "systems" not in answer:
        return [value for value in answer["variables"].values() if "://" in value]
    return [f"{answer['url']}/{system}" for system in answer["systems"]]


@dataclass(frozen=True, slots=True)
class Moment:
    """A tick that was played, and the names of the sources that did not answer at it."""

    tick: datetime
    silent: Sequence[str]


def play(bus: Bus, recording: Recording, clock: ReplayClock, runner: Runner) -> Iterator[Moment]:
    """Move from tick to tick; at each, poll every source and work until nothing is left.

    A schedule that is due between two ticks is polled at its due moment.
    """
    for tick in recording.ticks:
        for due, poller in _due_before(tick, bus):
            clock.move_to(due)
            recording.show(due)
            _poll(poller, bus, clock, runner)
            if runner.stop.is_set():
                return
        clock.move_to(tick)
        recording.show(tick)
        silent = [poller.name for poller in bus.pollers if not _poll(poller, bus, clock, runner)]
        if runner.stop.is_set():
            return
        yield Moment(tick, silent)


def _due_before(tick: datetime, bus: Bus) -> Iterator[tuple[datetime, SchedulePoller]]:
    """Every due moment before a tick, in order, with its schedule; one with `only_latest` waits for the tick."""
    schedules = [poller for poller in bus.pollers if isinstance(poller, SchedulePoller) and not poller.only_latest]
    passed: dict[str, datetime] = {}  # a moment that could not be recorded is not waited for: the tick polls it, too
    while schedules:
        dues = [(due, poller) for poller in schedules if (due := poller.next_due()) and due < tick]
        new = [(due, poller) for due, poller in dues if due != passed.get(poller.name)]
        if not new:
            return
        due, poller = min(new, key=lambda one: one[0])
        passed[poller.name] = due
        yield due, poller


def run_until_idle(bus: Bus, clock: ReplayClock, runner: Runner) -> None:
    """Work until nothing is left. Delays cost no real time: the clock is moved to the end of the next one."""

    def jump() -> bool:
        due = bus.broker.next_due()
        if due is not None:
            clock.move_to(max(due, clock.now()))
        return due is not None

    runner.drain(jump)


def _poll(poller: Poller, bus: Bus, clock: ReplayClock, runner: Runner) -> bool:
    """Poll a source, again if it does not answer. True when it answered in the end."""
    moment = clock.now()
    for attempt in range(1, MAX_POLLS + 1):
        try:
            poll = runner.poll(poller)
            if poll.awaited:
                return False
            if poll.new or attempt > 1:
                run_until_idle(bus, clock, runner)
                clock.move_to(moment)
        except Transient as error:
            wait = error.after or timedelta(seconds=RETRY_SECONDS * attempt)
            runner.stop.wait(min(wait.total_seconds(), LONGEST_RETRY_SECONDS))
        else:
            return True
    run_until_idle(bus, clock, runner)
    clock.move_to(moment)
    return False
