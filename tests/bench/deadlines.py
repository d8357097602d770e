"""Many running deadlines: how long the look of a minute takes, and whether its memory stays flat. Prints JSON.

    python -m tests.bench.deadlines [DEADLINES] [postgresql]

Some fall due in each minute, as in a province with so many open dossiers; then a look after three days without the bus.
"""

import json
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert

from lienthong.adapters.clock import ReplayClock
from store.deadlines.rows import facts_text
from store.deadlines.sink import Deadlines
from store.deadlines.tables import deadlines, subjects
from store.instants import format_instant
from tests.contract.deadlines import Office
from tests.databases import open_embedded
from tests.services import postgres
from tests.unit.transforms.deadline_days import AGENCY, fact, local

START = local("2026-11-16 08:00")
MINUTE = timedelta(minutes=1)
LOOKS = 20
PER_MINUTE = 20
STEP = 20_000


def main(arguments: list[str]) -> None:
    number = int(arguments[0]) if arguments else 1_000_000
    with open_database("postgresql" in arguments) as engine:
        office = Office(engine, ReplayClock(START))
        fill(engine, number, office.sink())
        print(json.dumps({"deadlines": number, "database": engine.dialect.name, **measure(office)}, indent=1))


@contextmanager
def open_database(on_server: bool) -> Iterator[Engine]:
    if on_server:
        with postgres.fresh_database() as engine:
            yield engine
        return
    with tempfile.TemporaryDirectory() as folder:
        engine = open_embedded(Path(folder))
        yield engine
        engine.dispose()


def fill(engine: Engine, number: int, sink: Deadlines) -> None:
    """Dossiers whose answer is due: `PER_MINUTE` in each minute after the start of the looks, all others later."""
    for first in range(0, number, STEP):
        rows = [_row(one, sink) for one in range(first, min(first + STEP, number))]
        with engine.begin() as connection:
            connection.execute(insert(subjects), [_subject(row) for row in rows])
            connection.execute(insert(deadlines), rows)


def measure(office: Office) -> dict[str, Any]:
    """Seconds and the highest memory of Python of looks of one minute, then of one look after three days."""
    seconds, sink = [], office.sink()
    office.look(START, sink)  # the calendar of the year is made once
    for minute in range(LOOKS):
        if minute == LOOKS // 2:
            tracemalloc.start()  # it makes looks slower: the first half of them is timed
        began = time.perf_counter()
        office.look(START + timedelta(days=1) + minute * MINUTE, sink)
        seconds.append(time.perf_counter() - began)
    peak, seconds = tracemalloc.get_traced_memory()[1], seconds[: LOOKS // 2]
    tracemalloc.stop()
    usual = len(office.announced)
    began = time.perf_counter()
    office.look(START + timedelta(days=4), sink)
    return {
        "look_median": round(sorted(seconds)[len(seconds) // 2], 3),
        "look_longest": round(max(seconds), 3),
        "look_megabytes": round(peak / 1e6, 1),
        "announced_each": usual / LOOKS,
        "look_after_three_days": round(time.perf_counter() - began, 1),
        "announced_after_three_days": len(office.announced) - usual,
    }


def _row(number: int, sink: Deadlines) -> dict[str, Any]:
    """A running deadline. Its start is eight working hours, here a day, before it is due."""
    started = START + (number // PER_MINUTE if number < LOOKS * PER_MINUTE else LOOKS + number % 900_000) * MINUTE
    due = _text(started + timedelta(days=1))
    return {
        "deadline_id": f"dossier/igate/D{number}/acceptance/submitted/1",
        "kind": "dossier",
        "source": "igate",
        "key": f"D{number}",
        "rule": "acceptance",
        "name": "Thông báo tiếp nhận",
        "document": "Quyết định 27/2020/QĐ-UBND",
        "article": "Quy chế",
        "agency": AGENCY,
        "state": "running",
        "started_at": _text(started),
        "due_at": due,
        "risk_at": _text(started + timedelta(hours=20)),
        "breach_at": due,
        "risk_announced": _text(started + timedelta(hours=20)),
        "elapsed_minutes": 0,
        "allowed_minutes": 480,
        "pauses": "[]",
        "unannounced": "",
        "listed_at": due,
        "next_at": due,
        "reckoned_by": sink._reckoner.name,
    }


def _subject(row: dict[str, Any]) -> dict[str, str]:
    submitted = fact("submitted", datetime.fromisoformat(row["started_at"]))
    return {**{name: row[name] for name in ("kind", "source", "key")}, "facts": facts_text({submitted.key: submitted})}


def _text(moment: datetime) -> str:
    return format_instant(moment)


if __name__ == "__main__":
    main(sys.argv[1:])
