"""Records that iGate is asked for in a steady state, over simulated days, and whether late changes are found in time.

The source is the real one, with the tiers of config/sources/igate.yaml, polled every minute of the simulated time. The
system is a fake in this process that answers its searches from sorted lists and counts what it shows.
"""

import bisect
import heapq
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
import yaml

from connectors.sources.igate import Igate
from lienthong.configuration.bind import bind
from tests.bench.watching import ROOT, Figures
from tests.fake_systems import FakeClock, FakeServer, json_reply, make_site, query_of

MONTH = 35_000
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
BEGIN = datetime(2023, 11, 1, tzinfo=UTC)
HISTORY = 14 * DAY
"""Dossiers from before the measurement, so that every age has some."""
STEADY = 11 * DAY
"""Polled seldom and not measured, so that every tier has its steady state."""
SELDOM = timedelta(minutes=30)

DATES = {"accepted": "acceptedDate", "result-returned": "returnedDate", "appointment": "appointmentDate"}
PLACE = ("url", "client_id", "client_secret")


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One version of a dossier, and the moment at which the system has it."""

    at: datetime
    number: int
    version: int
    dates: tuple[tuple[str, datetime], ...]


def dossier(number: int, accepted: datetime, chance: random.Random) -> Iterator[Change]:
    """Three or four versions: accepted, another status, in some cases a correction much later, returned."""
    returned = accepted + timedelta(days=chance.uniform(1, 8))
    dates = (("accepted", accepted), ("appointment", accepted + 5 * DAY))
    yield Change(accepted, number, 0, dates)
    yield Change(accepted + timedelta(minutes=chance.uniform(10, 1400)), number, 1, dates)
    if chance.random() < 0.15:
        yield Change(accepted + timedelta(days=chance.uniform(1.1, 9.5)), number, 2, dates)
    yield Change(returned, number, 3, (*dates, ("result-returned", returned)))


class SteadyIgate:
    """The system: each search by one date answers from a sorted list. `shown` counts the elements of all replies."""

    def __init__(self, changes: list[Change]) -> None:
        self.waiting = sorted(changes)
        heapq.heapify(self.waiting)
        self.sorted: dict[str, list[tuple[datetime, int]]] = {date: [] for date in DATES}
        self.newest: dict[int, Change] = {}
        self.shown = 0

    def move_to(self, now: datetime) -> None:
        """Let everything happen until `now`."""
        while self.waiting and self.waiting[0].at <= now:
            change = heapq.heappop(self.waiting)
            known = dict(self.newest[change.number].dates) if change.number in self.newest else {}
            self.newest[change.number] = change
            for date, moment in change.dates:
                if date not in known:
                    bisect.insort(self.sorted[date], (moment, change.number))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            return json_reply({"access_token": "t", "expires_in": 10**8})
        query = query_of(request)
        (date,) = (date for date in DATES if f"{date}-from" in query)
        start, end = (datetime.fromisoformat(query[f"{date}-{side}"]) for side in ("from", "to"))
        known = self.sorted[date]
        first, last = (bisect.bisect_left(known, (moment,)) for moment in (start, end))
        numbers = sorted(number for _, number in known[first:last])
        page, size = int(query["page"]), int(query["size"])
        found = [self._element(number) for number in numbers[page * size : (page + 1) * size]]
        self.shown += len(found)
        body = {"content": found, "totalElements": len(numbers), "last": (page + 1) * size >= len(numbers)}
        return httpx.Response(200, content=orjson.dumps(body))

    def _element(self, number: int) -> dict[str, Any]:
        change = self.newest[number]
        dates = {DATES[date]: moment.isoformat() for date, moment in change.dates}
        return {"id": f"{number:09}", "code": f"{number}", "version": change.version, **dates}


def settings(server: FakeServer, clock: FakeClock) -> Igate:
    """The source as the project configures it."""
    given = yaml.safe_load((ROOT / "config" / "sources" / "igate.yaml").read_text(encoding="utf-8"))["with"]
    place = {name: "http://igate" if name == "url" else "x" for name in PLACE}
    return Igate(make_site(clock), server.http(), **bind(Igate, {**given, **place}, tables={}))


def promise(change: Change, tiers: list[tuple[timedelta, timedelta]], every: timedelta) -> datetime:
    """When the change is found at the latest: when a date reaches the age of the next tier, and that tier is read."""
    accepted = dict(change.dates)["accepted"]
    returned = dict(change.dates).get("result-returned")
    if change.at in (accepted, returned):
        return change.at + 2 * every
    back, rhythm = next(tier for tier in tiers if tier[0] >= change.at - accepted)
    return accepted + back + rhythm + 2 * every


def measure(a_month: int, days: int, every: timedelta = MINUTE) -> Figures:
    """Poll for some days after the steady state is reached."""
    chance = random.Random(7)
    whole = HISTORY + STEADY + days * DAY
    count = round(a_month / 30 * (whole / DAY))
    accepted = sorted(BEGIN + whole * chance.random() for _ in range(count))
    changes = [change for number, moment in enumerate(accepted) for change in dossier(number, moment, chance)]
    igate = SteadyIgate(changes)
    clock = FakeClock(BEGIN + HISTORY)
    source = settings(FakeServer(igate), clock)
    measured, end = BEGIN + HISTORY + STEADY, BEGIN + whole
    found: dict[tuple[int, int], datetime] = {}
    cursor: Any = {}
    by_day: list[tuple[int, int]] = []
    shown_before = new_before = 0
    while clock.moment < end:
        igate.move_to(clock.moment)
        for page in source.poll(cursor):
            cursor = page.cursor
            for record in page.records:
                found.setdefault((int(record.key), record.body["version"]), clock.moment)
        clock.moment += every if clock.moment >= measured else SELDOM
        if clock.moment >= measured and (clock.moment - measured) % DAY < every:
            by_day.append((igate.shown - shown_before, len(found) - new_before))
            shown_before, new_before = igate.shown, len(found)
    return {"days": days, "a_month": a_month, **_figures(by_day[1:], late(changes, found, (measured, end), every))}


def late(
    changes: list[Change],
    found: dict[tuple[int, int], datetime],
    span: tuple[datetime, datetime],
    every: timedelta,
) -> list[int]:
    """Of the versions that no later one replaced in time: how many were due, and how many were found too late."""
    tiers = [(timedelta(minutes=15), timedelta(minutes=5)), (timedelta(hours=2), timedelta(minutes=15))]
    tiers += [(DAY, timedelta(hours=2)), *((days * DAY, DAY) for days in (2, 4, 7, 10))]
    replaced: dict[int, datetime] = {}
    due = missed = 0
    for change in sorted(changes, reverse=True):
        until = promise(change, tiers, every)
        if span[0] <= change.at and until < min(span[1], replaced.get(change.number, span[1])):
            due += 1
            missed += found.get((change.number, change.version), span[1]) > until
        replaced[change.number] = change.at
    return [due, missed]


def _figures(by_day: list[tuple[int, int]], promised: list[int]) -> Figures:
    return {
        "records": sum(shown for shown, _ in by_day),
        "versions": sum(new for _, new in by_day),
        "records_a_version": round(max(shown / new for shown, new in by_day), 2),
        "promised": promised[0],
        "late": promised[1],
    }


if __name__ == "__main__":
    print(json.dumps({"side": "looking back", **measure(int(sys.argv[1]), int(sys.argv[2]))}))
