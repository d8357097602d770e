"""A replay of history with planted differences: how long it takes, its memory, and whether they are exactly these.

    python -m tests.bench.history [EVENTS] [postgresql]

Prints JSON. The trial on a copy of the store comes first, as in `lienthong replay-history`.
"""

import json
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, select

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.store_copy import copy_store, row_changes
from lienthong.envelope import Envelope
from lienthong.maintenance.history_replay import RESTATED_AT_ONCE
from lienthong.operations.history_preview import summarise
from store import tables
from tests.bench.deadlines import open_database
from tests.databases import PACKAGES, open_embedded
from tests.events import DAY
from tests.history.bus import HistoryBus, expected_rows
from tests.history.planted import (
    SINK,
    VERSIONS,
    checksum,
    expected_events,
    make_route,
    planted,
    raw_events,
    route_of_then,
    route_of_today,
)


def main(arguments: Sequence[str]) -> None:
    events = int(arguments[0]) if arguments else 200_000
    dossiers = events // VERSIONS
    with open_database("postgresql" in arguments) as engine:
        bus, figures = HistoryBus(engine, ReplayClock(DAY)), {"database": engine.dialect.name}
        for part in _parts(raw_events(dossiers)):
            bus.live(part, make_route(route_of_then))
        figures["peak_mb_before"] = _peak()
        figures |= trial(bus, dossiers)
        with measured(figures, "replay"):
            run = bus.replay(make_route(route_of_today), page=RESTATED_AT_ONCE)
        figures |= {"events": run.tally.read, "faults": len(list(bus.ledger.verify()))}
        figures["store_faults"] = len(list(bus.store().verify(bus.ledger.seals(SINK))))
        figures["balance_faults"] = len(bus.ledger.balance().faults)
        figures["times_redone"] = dict(bus.times_redone())
        figures["is_as_expected"] = sums(engine) == wanted_sums(dossiers, bus)
        print(json.dumps(figures, indent=1))


def trial(bus: HistoryBus, dossiers: int) -> dict[str, object]:
    """The trial on a copy, and whether it names exactly what is planted."""
    kinds = Counter(planted(number) for number in range(dossiers))
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder, measured(figures, "trial"):
        copy = copy_store(bus.database, PACKAGES, Path(folder))
        bus.trial(make_route(route_of_today), copy.after, page=RESTATED_AT_ONCE)
        found = {one.table: one for one in summarise(row_changes(copy), {})}
        copy.close()
    versions = found["store_dossier_versions"]
    figures["found"] = {"added": versions.added, "removed": versions.removed, "changed": versions.changed}
    figures["planted"] = {
        "added": (kinds["added"] + kinds["moved"]) * VERSIONS,
        "removed": (kinds["dropped"] + kinds["moved"]) * VERSIONS,
        "changed": kinds["field"] * VERSIONS + kinds["older"],
    }
    return figures


def sums(engine: Engine) -> dict[str, int]:
    """By table a checksum of its rows, which are not held in memory."""
    found = {}
    with engine.connect() as connection:
        for table in (tables.dossiers, tables.dossier_versions):
            rows = connection.execution_options(yield_per=1_000).execute(select(table).order_by(*table.primary_key))
            found[table.name] = sum(checksum(tuple(row)) for row in rows)
    return found


def wanted_sums(dossiers: int, bus: HistoryBus) -> dict[str, int]:
    """The same of a store that the route of today has always delivered to."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_embedded(Path(folder))
        expected_rows(engine, expected_events(dossiers), bus.clock)
        return sums(engine)


def _parts(events: Iterator[Envelope]) -> Iterator[list[Envelope]]:
    part: list[Envelope] = []
    for event in events:
        part.append(event)
        if len(part) == RESTATED_AT_ONCE:
            yield part
            part = []
    if part:
        yield part


@contextmanager
def measured(figures: dict[str, object], name: str) -> Iterator[None]:
    """Seconds of processor time of this process, seconds by the clock, and the peak of its memory so far."""
    cpu, clock = time.process_time(), time.perf_counter()
    yield
    figures[f"{name}_cpu_s"] = round(time.process_time() - cpu, 1)
    figures[f"{name}_s"] = round(time.perf_counter() - clock, 1)
    figures[f"{name}_peak_mb"] = _peak()


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main(sys.argv[1:])
