"""The display of a recording that is played: the month as a bar, the sources as a table under it."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from lienthong.cli.output import print_text
from lienthong.cli.safe_console import plain
from lienthong.data.local_time import DAY, MINUTE, local_time
from lienthong.ledger.records import Entry
from lienthong.messages import format_number, message
from lienthong.runtime.playback import Recording

REPORTED_DAYS = frozenset({"01", "08", "15", "22"})
"""Days of the month at which progress is written where there is no terminal."""


@dataclass
class Tally:
    """Entries recorded so far, by (source, verdict). For the display only: the ledger is the truth."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def observe(self, entries: Sequence[Entry]) -> None:
        """Count entries; `done` at a route, which only passes events on, is counted as `passed`."""
        with self.lock:
            for entry in entries:
                verdict = "passed" if entry.verdict == "done" and entry.to else entry.verdict
                self.counts[entry.source, verdict] += 1

    def count(self, source: str, verdict: str) -> int:
        with self.lock:
            return self.counts[source, verdict]

    def sources(self) -> Sequence[str]:
        with self.lock:
            return sorted({source for source, _ in self.counts})


class RecordingProgress:
    """How far a recording is played. `advance` moves it to a moment."""

    def __init__(self, recording: Recording, tally: Tally, console: Console) -> None:
        self._bar = Progress(
            TextColumn("{task.description}", style="bold", markup=False),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
        )
        description = plain(message("Recording {name}", name=recording.name)).plain
        self._task = self._bar.add_task(description, total=len(recording.ticks))
        self._tally = tally
        self._console = console
        self._day = ""

    def advance(self, moment: datetime) -> None:
        self._bar.update(self._task, advance=1, description=local_time(moment, MINUTE))
        day = local_time(moment, DAY)
        if not self._console.is_terminal and day[:2] in REPORTED_DAYS and day != self._day:
            received = ", ".join(f"{source} {figures[0]}" for source, figures in self._figures().items())
            print_text(self._console, message("Until {day}: received {received}", day=day, received=received))
        self._day = day

    def _figures(self) -> Mapping[str, tuple[str, str, str]]:
        """By source: received, delivered, dead."""
        return {
            source: (
                format_number(self._tally.count(source, "received")),
                format_number(self._tally.count(source, "done")),
                format_number(self._tally.count(source, "dead")),
            )
            for source in self._tally.sources()
        }

    def __rich__(self) -> Table:
        outer, inner = Table.grid(padding=(0, 3)), Table.grid(padding=(0, 3))
        headings = (message("source"), message("received"), message("delivered"), message("dead"))
        inner.add_row(*(Text(heading, "dim") for heading in headings))
        for source, (received, delivered, dead) in self._figures().items():
            inner.add_row(source, received, delivered, Text(dead, "red" if dead != "0" else ""))
        outer.add_row(self._bar)
        outer.add_row(inner)
        return outer


@contextmanager
def show_progress(console: Console, recording: Recording, tally: Tally) -> Iterator[RecordingProgress]:
    """The display on a terminal; without one, a line a week."""
    progress = RecordingProgress(recording, tally, console)
    if not console.is_terminal:
        yield progress
        return
    with Live(progress, console=console, refresh_per_second=8, transient=True):
        yield progress
