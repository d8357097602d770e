"""Playing a recording: the sandbox is started beside us and its clock is moved from moment to moment."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import structlog

from lienthong.adapters.clock import ReplayClock
from lienthong.envelope import parse_utc
from lienthong.errors import LienthongError, Transient
from lienthong.intake.poller import Poller
from lienthong.messages import message
from lienthong.runtime.composition import Bus
from lienthong.runtime.runner import Runner

EMPTY = datetime(1970, 1, 1, tzinfo=UTC)
"""Where the clock stands for a recording that shows nothing and covers nothing."""

TRIES = 5
"""How often a source is asked again at one moment of a recording before it is passed over."""

log = structlog.get_logger(__name__)


class SandboxFailed(LienthongError):  # noqa: N818 - reads as what it says
    """The sandbox did not start; the message is its own, in words."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A sandbox that listens: the moments at which something changes, the months it covers, where its systems are."""

    name: str
    ticks: Sequence[datetime]
    periods: Sequence[str]
    variables: Mapping[str, str]
    client: httpx.Client

    @property
    def begins(self) -> datetime:
        """Its first moment; when it shows nothing at all, the beginning of what it covers."""
        if self.ticks:
            return self.ticks[0]
        return datetime.fromisoformat(f"{self.periods[0]}-01T00:00:00+07:00") if self.periods else EMPTY

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
        start_new_session=True,  # Ctrl+C is for us: the sandbox ends after we have finished what is in hand
    ) as process:
        assert process.stdin and process.stdout and process.stderr  # noqa: S101 - pipes were asked for
        try:
            line = process.stdout.readline()
            if not line:
                raise SandboxFailed(process.stderr.read().strip() or "the sandbox ended without a word")
            told = json.loads(line)
            with httpx.Client(base_url=told["url"]) as client:
                yield _read(told, client)
        finally:
            process.stdin.close()
            process.wait()


def _read(line: Mapping[str, object], client: httpx.Client) -> Recording:
    told = {name: value for name, value in line.items() if isinstance(value, list)}
    return Recording(
        name=str(line["name"]),
        ticks=[parse_utc(str(tick)) for tick in told["ticks"]],
        periods=[str(period) for period in told["months"]],
        variables=line["variables"] if isinstance(line["variables"], dict) else {},
        client=client,
    )


@dataclass(frozen=True, slots=True)
class Moment:
    """A tick that was played, and the sources that did not answer at it."""

    tick: datetime
    silent: Sequence[str]


def play(bus: Bus, recording: Recording, clock: ReplayClock, runner: Runner) -> Iterator[Moment]:
    """Move from tick to tick; at each, poll every source and let everything come to rest."""
    for tick in recording.ticks:
        clock.move_to(tick)
        recording.show(tick)
        silent = [intake.name for intake in bus.pollers if not _ask(intake, bus, clock, runner)]
        if runner.stop.is_set():
            return
        yield Moment(tick, silent)


def run_until_idle(bus: Bus, clock: ReplayClock, runner: Runner) -> None:
    """Let everything come to rest. Waits cost no time: the clock is moved to the end of the next one."""

    def jump() -> bool:
        due = bus.broker.next_due()
        if due is not None:
            clock.move_to(max(due, clock.now()))
        return due is not None

    runner.drain(jump)


def _ask(intake: Poller, bus: Bus, clock: ReplayClock, runner: Runner) -> bool:
    """Poll a source, again if it does not answer; True when it answered in the end."""
    moment = clock.now()
    for attempt in range(1, TRIES + 1):
        try:
            if intake.poll(runner.stop).new or attempt > 1:
                run_until_idle(bus, clock, runner)
                clock.move_to(moment)
        except Transient as down:
            log.warning("source does not answer", source=intake.name, attempt=attempt, why=down.why)
            runner.stop.wait(min(down.after or timedelta(seconds=0.2 * attempt), timedelta(seconds=5)).total_seconds())
        else:
            return True
    run_until_idle(bus, clock, runner)
    clock.move_to(moment)
    return False
