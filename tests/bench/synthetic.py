"""Sources that generate any number of dossiers, without a network."""

import itertools
import time
from collections.abc import Iterable
from pathlib import Path

import orjson

from lienthong.ports import Cursor, Page, Record, Site
from tests.bench.dossiers import TYPE, dossier

BODIES = Path(__file__).parents[2] / "recordings" / "2023-11" / "igate" / "dossiers.jsonl"
PAGE = 200


class Synthetic:
    """`total` dossiers in the shapes of the recorded month, in pages of 200; the cursor counts what was yielded."""

    def __init__(self, site: Site, *, total: int) -> None:
        self._total = total
        self._texts = [orjson.dumps(orjson.loads(line)["body"]) for line in BODIES.read_bytes().splitlines()]

    def poll(self, cursor: Cursor) -> Iterable[Page]:
        done = int(cursor.get("done", 0))
        texts = itertools.cycle(self._texts)
        while done < self._total:
            count = min(PAGE, self._total - done)
            records = [self._record(done + n, next(texts)) for n in range(count)]
            done += count
            yield Page(records, {"done": done})

    def _record(self, number: int, text: bytes) -> Record:
        body = orjson.loads(text)  # a real source parses its pages, too
        body["code"] = f"000.00.01.H08-231115-{number:06d}"
        body["acceptedDate"] = "2023-11-15T01:25:00.000+0000"
        body["procedure"] = body["procedure"] or {"code": "1.000656"}
        return Record("igate.dossier", body["code"], body)


class Waiting:
    """`total` dossiers of about 0.6 kB, the same as the peers get; the cursor counts those that were yielded."""

    def __init__(self, site: Site, *, total: int) -> None:
        self._total = total

    def poll(self, cursor: Cursor) -> Iterable[Page]:
        for start in range(int(cursor.get("done", 0)), self._total, PAGE):
            end = min(start + PAGE, self._total)
            bodies = [dossier(number) for number in range(start, end)]
            yield Page([Record(TYPE, body["code"], body) for body in bodies], {"done": end})


class Steady:
    """Dossiers as they are due: `rate` a second since the first poll, `total` in all."""

    def __init__(self, site: Site, *, total: int, rate: int) -> None:
        self._total = total
        self._rate = rate
        self._began: float | None = None

    def poll(self, cursor: Cursor) -> Iterable[Page]:
        done, now = int(cursor.get("done", 0)), time.monotonic()
        self._began = now if self._began is None else self._began
        end = min(self._total, int((now - self._began) * self._rate))
        for start in range(done, end, PAGE):
            stop = min(start + PAGE, end)
            bodies = [dossier(number) for number in range(start, stop)]
            yield Page([Record(TYPE, body["code"], body) for body in bodies], {"done": stop})
