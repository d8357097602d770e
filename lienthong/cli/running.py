"""`lienthong run`: play a recording to its end, or serve until a signal stops it."""

import errno
import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import structlog
from rich.console import Console

from lienthong import __version__
from lienthong.adapters.clock import ReplayClock, SystemClock
from lienthong.cli import context
from lienthong.cli.balance import print_summary
from lienthong.cli.letter_page import with_field
from lienthong.cli.output import print_text
from lienthong.cli.progress import Tally, show_progress
from lienthong.ledger.records import Balance, DeadLetter
from lienthong.messages import message, message_n
from lienthong.operations.balance import balance_json, current_balance
from lienthong.operations.reports import Written, write_reports
from lienthong.runtime.composition import Bus, build
from lienthong.runtime.playback import play, run_until_idle, sandbox
from lienthong.runtime.project import Project, refuse_insecure_servers
from lienthong.runtime.roles import NothingShared
from lienthong.runtime.runner import Runner
from lienthong.runtime.side_by_side import SideBySide
from lienthong.runtime.signals import stop_signal, stop_when_stdin_closes
from lienthong.runtime.tracing import tracing
from lienthong.runtime.world import Playing, mark_recording

CAUSES_SHOWN = 10
"""Causes of death that the summary of a recording names."""

log = structlog.get_logger(__name__)


def run_recording(project: Project, recording_folder: Path, out: Path, console: Console) -> int:
    """Play a recording through the bus, write its reports to `out`, and show the summary. Returns the exit code."""
    if not recording_folder.is_dir():
        text = message(
            "There is no recording in {folder}: a recording is a folder with a file `recording.json`.",
            folder=recording_folder,
        )
        context.fail(text, context.USAGE)
    _prepare_folder(out)
    tally = Tally()
    with stop_signal() as stop, sandbox(project.folder, recording_folder) as recording:
        settings = project.settings(recording.variables)
        clock = ReplayClock(recording.begins)
        refuse_insecure_servers(project, project.endpoints)
        playing = recording.playing
        bus = build(settings, project.endpoints, clock, tally.observe, playing=playing)
        if not project.endpoints.database:
            mark_recording(project.data, recording_folder)
        with Runner(bus, stop, role="recording") as runner, show_progress(console, recording, tally) as progress:
            recovered = runner.recover()
            run_until_idle(bus, clock, runner)
            silent: Sequence[str] = ()
            for moment in play(bus, recording, clock, runner):
                silent = moment.silent
                progress.advance(moment.tick)
            balance = current_balance(bus.storage.ledger)
            letters = bus.storage.ledger.letters()
            stopped = runner.stop.is_set()
            written = Written([], []) if stopped else _write_reports(bus, recording.periods, out)
            _write_balance(balance, out)
            _write_sent(bus, playing, out)
    if recovered:
        text = message_n(
            "{count} turn of an earlier run was continued.",
            "{count} turns of an earlier run were continued.",
            count=recovered,
        )
        print_text(console, text)
    print_summary(console, balance, written.paths, out)
    _print_causes(console, letters)
    _print_notices(console, bus)
    for fault in written.faults:
        print_text(console, fault, "red")
    _print_withheld(console, bus, playing)
    print_text(console, message("The ledger of the recording is in {data}.", data=project.data))
    if silent:
        text = message("No answer at the last poll: {sources}. Reports may lack data.", sources=", ".join(silent))
        print_text(console, text, "red")
    if stopped:
        print_text(console, message("Stopped before the end, as asked; run this command again to continue."))
    return context.FAULT if balance.faults or silent or written.faults else context.OK


def serve(
    project: Project,
    console: Console,
    *,
    until_done: bool = False,
    out: Path | None = None,
    only: str | None = None,
    watched: bool = False,
) -> int:
    """Poll the configured sources and serve the stages: for ever, or once until nothing is left to do.

    A `watched` process is one of several (see `several`): it leaves the summary to the process that watches it.
    Raises `NothingShared` for a role on the embedded broker, before anything is opened.
    """
    endpoints = project.endpoints
    if only is not None and endpoints.broker.startswith("memory:"):
        raise NothingShared(f"--only {only}")
    if out is not None:
        _prepare_folder(out)
    bus = build(project.settings(), endpoints, SystemClock(), only=only, thorough=until_done)
    role = "until-done" if until_done else only or "everything"
    with stop_signal() as stop, tracing(endpoints.broker), Runner(bus, stop, role=role) as runner:
        if watched:
            stop_when_stdin_closes(stop)
        else:
            print_text(console, message("Lienthong is running; press Ctrl+C to stop."))
        log.info("the bus runs", role=role, version=__version__)
        runner.recover()
        silent = _poll_until_done(bus, runner) if until_done else _serve_until_stopped(runner, console)
        if watched:
            return context.OK
        balance = current_balance(bus.storage.ledger)
        if out is not None:
            _write_balance(balance, out)
    print_summary(console, balance)
    _print_notices(console, bus)
    if silent:
        print_text(console, message("No answer: {sources}.", sources="; ".join(silent)), "red")
    return context.FAULT if balance.faults or silent else context.OK


def _print_notices(console: Console, bus: Bus) -> None:
    """What connectors noticed though nothing failed, such as files that are not read."""
    for notice in bus.storage.notices.take():
        print_text(console, message("Note: {notice}", notice=notice))


def _prepare_folder(out: Path) -> None:
    """Find out before the work, not after it, that its results cannot be written."""
    out.mkdir(parents=True, exist_ok=True)
    if not os.access(out, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(out))


def _serve_until_stopped(runner: Runner, console: Console) -> Sequence[str]:
    runner.start_polling()
    runner.wait_until_stopped(lambda halt: print_text(console, halt, "red"))
    return ()


def _poll_until_done(bus: Bus, runner: Runner) -> Sequence[str]:
    runner.start_inboxes()
    sources = SideBySide(bus.pollers, runner)
    sources.run()
    return sources.silent


def _write_reports(bus: Bus, periods: Sequence[str], out: Path) -> Written:
    settings = bus.storage.settings
    reports = {name: bus.storage.report(name) for name, one in settings.reports.items() if one.in_recordings}
    return write_reports(reports, settings.bus.formats, periods=periods, folder=out, ledger=bus.storage.ledger)


def _write_balance(balance: Balance, out: Path) -> None:
    text = json.dumps(balance_json(balance), ensure_ascii=False, indent=1)
    (out / "balance.json").write_text(text + "\n", encoding="utf-8")


def _write_sent(bus: Bus, playing: Playing, out: Path) -> None:
    """What sinks that play their own part would have sent; no file where the project has no such sink."""
    if any(playing.can_stage(sink) for sink in bus.storage.settings.sinks.values()):
        text = json.dumps(playing.sent, ensure_ascii=False, indent=1)
        (out / "sent.json").write_text(text + "\n", encoding="utf-8")


def _print_withheld(console: Console, bus: Bus, playing: Playing) -> None:
    """Say what of the project a recording does not do."""
    settings = bus.storage.settings
    polled = {poller.name for poller in bus.pollers}
    idle = [name for name in settings.sources if name not in polled and settings.routes_from(name)]
    if idle:
        text = message("Not polled, because the recording does not have them: {sources}.", sources=", ".join(idle))
        print_text(console, text)
    for name, count in sorted(playing.withheld.items()):
        text = message_n(
            "Not sent, because this is a recording: {count} event for `{sink}`.",
            "Not sent, because this is a recording: {count} events for `{sink}`.",
            count=count,
            sink=name,
        )
        print_text(console, text)
    for name, count in sorted(playing.unasked.items()):
        text = message_n(
            "Not asked for, because this is a recording: {count} key of the lookup `{lookup}`; none was known.",
            "Not asked for, because this is a recording: {count} keys of the lookup `{lookup}`; none was known.",
            count=count,
            lookup=name,
        )
        print_text(console, text)


def _print_causes(console: Console, letters: Iterable[DeadLetter]) -> None:
    causes = Counter(with_field(letter.field, letter.reason) for letter in letters)
    for reason, count in causes.most_common(CAUSES_SHOWN):
        line = message_n("{count} dead letter: {reason}", "{count} dead letters: {reason}", count=count, reason=reason)
        print_text(console, f"  • {line}")
