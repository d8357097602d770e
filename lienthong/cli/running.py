"""`lienthong run`: play a recording to its end, or serve until told to stop."""

import errno
import json
import os
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import structlog
from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from lienthong.adapters.clock import ReplayClock, SystemClock
from lienthong.cli import context, tables
from lienthong.cli.reporting import write_reports
from lienthong.envelope import LOCAL_ZONE
from lienthong.errors import Transient
from lienthong.ledger.records import Balance, Entry
from lienthong.masking import mask_text
from lienthong.runtime.composition import Bus, build
from lienthong.runtime.playback import Recording, play, run_until_idle, sandbox
from lienthong.runtime.project import Project
from lienthong.runtime.roles import NothingShared
from lienthong.runtime.runner import Runner
from lienthong.runtime.signals import stop_signal, stop_when_stdin_closes

log = structlog.get_logger(__name__)


@dataclass
class Tally:
    """What was written so far, by (source, verdict); for the display only, the ledger is the truth."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def observe(self, written: Sequence[Entry]) -> None:
        with self.lock:
            for entry in written:
                verdict = "handed" if entry.verdict == "done" and entry.to else entry.verdict
                self.counts[entry.source, verdict] += 1

    def of(self, source: str, verdict: str) -> int:
        with self.lock:
            return self.counts[source, verdict]


def run_recording(project: Project, folder: Path, out: Path, console: Console) -> int:
    """Play a recording through the bus, write its reports to `out`, say how it went. Returns the exit code."""
    if not folder.is_dir():
        context.fail(f"Không có bản ghi ở {folder}; bản ghi là một thư mục có tệp recording.json.", context.USAGE)
    _prepare(out)
    tally = Tally()
    with stop_signal() as stop, sandbox(project.folder, folder) as recording:
        settings = project.settings(recording.variables)
        clock = ReplayClock(recording.begins)
        bus = build(settings, project.endpoints, clock, tally.observe, halting=False)
        with Runner(bus, stop) as runner, _display(console, recording, tally) as progress:
            recovered = runner.recover()
            run_until_idle(bus, clock, runner)
            silent: Sequence[str] = ()
            for moment in play(bus, recording, clock, runner):
                silent = moment.silent
                progress.tick(moment.tick)
            balance = bus.storage.ledger.balance()
            letters = bus.storage.ledger.letters()
            written = [] if runner.stop.is_set() else write_reports(bus.storage, recording.periods, out)
            _write_balance(balance, out)
            stopped = runner.stop.is_set()
    if recovered:
        console.print(f"Đã tiếp tục {tables.number(recovered)} lượt dở dang của lần chạy trước.")
    summary(console, balance, written, out)
    for reason, count in Counter(f"{_where(letter.field)}{letter.reason}" for letter in letters).most_common(10):
        console.print(f"  • {tables.number(count)} thư chết: {reason}", highlight=False)
    if silent:
        console.print(f"[red]Không trả lời ở lần hỏi cuối:[/] {', '.join(silent)}. Báo cáo có thể thiếu.")
    if stopped:
        console.print("Đã dừng giữa chừng theo yêu cầu; chạy lại lệnh này để làm tiếp.")
    return context.FAULT if balance.faults or silent else context.OK


def serve(
    project: Project,
    console: Console,
    *,
    until_done: bool = False,
    out: Path | None = None,
    only: str | None = None,
    watched: bool = False,
) -> int:
    """Poll the configured sources and serve the stages; for ever, or once until nothing is left to do.

    One that is `watched` is one of several (see `several`). Raises `NothingShared` for a role of its own on the
    embedded broker, before anything is opened.
    """
    places = project.endpoints
    if only is not None and places.broker.startswith("memory:"):
        raise NothingShared(f"--only {only}")
    if out is not None:
        _prepare(out)
    tally = Tally()
    bus = build(project.settings(), places, SystemClock(), tally.observe, only=only)
    with stop_signal() as stop, Runner(bus, stop) as runner:
        if watched:
            stop_when_stdin_closes(stop)
        else:
            console.print("Lienthong đang chạy; nhấn Ctrl+C để dừng.")
        runner.recover()
        silent = _poll_once(bus, runner) if until_done else _until_stopped(runner, console)
        if watched:
            return context.OK
        balance = bus.storage.ledger.balance()
        if out is not None:
            _write_balance(balance, out)
    summary(console, balance, [], out)
    if silent:
        console.print(f"[red]Không trả lời:[/] {escape('; '.join(silent))}.", highlight=False)
    return context.FAULT if balance.faults or silent else context.OK


def _prepare(out: Path) -> None:
    """Find out before the work, not after it, that its results cannot be written."""
    out.mkdir(parents=True, exist_ok=True)
    if not os.access(out, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(out))


def _until_stopped(runner: Runner, console: Console) -> Sequence[str]:
    runner.start_polling()
    runner.wait_until_stopped(lambda halt: console.print(f"[red]{halt}[/]"))
    return ()


def _poll_once(bus: Bus, runner: Runner) -> Sequence[str]:
    """Ask every source once. Returns those that did not answer, each with the reason."""
    silent = []
    for intake in bus.pollers:
        try:
            intake.poll(runner.stop)
        except Transient as down:
            log.warning("source does not answer", source=intake.name, why=down.why)
            silent.append(f"{intake.name} ({mask_text(down.why)})")
    runner.drain(lambda: False)
    return silent


class _Ticking:
    """The display of a recording being played: the month as a bar, the sources as a table under it."""

    def __init__(self, recording: Recording, tally: Tally, *, live: bool, console: Console) -> None:
        self.bar = Progress(
            TextColumn("[bold]{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
        )
        self._task = self.bar.add_task(f"Bản ghi {recording.name}", total=len(recording.ticks))
        self._tally = tally
        self._live = live
        self._console = console
        self._day = ""

    def tick(self, moment: datetime) -> None:
        local = moment.astimezone(LOCAL_ZONE)
        self.bar.update(self._task, advance=1, description=f"{local:%d/%m/%Y %H:%M}")
        day = f"{local:%d/%m/%Y}"
        if not self._live and day[:2] in {"01", "08", "15", "22"} and day != self._day:
            figures = ", ".join(f"{source} {counts[0]}" for source, counts in self.figures().items())
            self._console.print(f"Đến ngày {day}: đã nhận {figures}", highlight=False)
        self._day = day

    def figures(self) -> Mapping[str, tuple[str, str, str]]:
        sources = sorted({source for source, _ in list(self._tally.counts)})
        verdicts = ("received", "done", "dead")
        return {
            source: tuple(tables.number(self._tally.of(source, verdict)) for verdict in verdicts)  # type: ignore[misc]  # three verdicts, three texts
            for source in sources
        }

    def __rich__(self) -> Table:
        table = Table.grid(padding=(0, 3))
        table.add_row(self.bar)
        inner = Table.grid(padding=(0, 3))
        inner.add_row("[dim]nguồn", "[dim]đã nhận", "[dim]đã giao", "[dim]chết")
        for source, (received, done, dead) in self.figures().items():
            inner.add_row(source, received, done, f"[red]{dead}[/]" if dead != "0" else dead)
        table.add_row(inner)
        return table


@contextmanager
def _display(console: Console, recording: Recording, tally: Tally) -> Iterator[_Ticking]:
    ticking = _Ticking(recording, tally, live=console.is_terminal, console=console)
    if not console.is_terminal:
        yield ticking
        return
    with Live(ticking, console=console, refresh_per_second=8, transient=True):
        yield ticking


def _write_balance(balance: Balance, out: Path) -> None:
    text = json.dumps(tables.balance_json(balance), ensure_ascii=False, indent=1)
    (out / "balance.json").write_text(text + "\n", encoding="utf-8")


def _where(field: str | None) -> str:
    return f"trường `{field}` — " if field else ""


def summary(console: Console, balance: Balance, written: Sequence[Path], out: Path | None) -> None:
    """Plain words: what came in, what became of it, whether it adds up, where the reports lie."""
    accounts = balance.sources.values()
    received, delivered = sum(a.received for a in accounts), sum(a.delivered for a in accounts)
    dropped, dead = sum(a.dropped for a in accounts), sum(a.dead for a in accounts)
    waiting = sum(a.in_flight for a in accounts)
    tables.show_balance(console, balance)
    n = tables.number
    console.print(
        f"Đã nhận [bold]{n(received)}[/] sự kiện: giao {n(delivered)}, bỏ qua {n(dropped)}, chết {n(dead)}, "
        f"đang xử lý {n(waiting)}; chênh lệch {n(sum(a.difference for a in accounts))}.",
        highlight=False,
    )
    if written and out is not None:
        console.print(f"Báo cáo nằm trong [bold]{out}[/]:")
        for path in written:
            console.print(f"  {path.name}", highlight=False)
