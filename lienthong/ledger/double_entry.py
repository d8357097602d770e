"""Double entry: every ledger entry posts amounts to accounts, and they add up to zero. No I/O.

An event comes from `world.<source>`, waits in the account of a stage (`route.x`, `sink.y`), and ends in `delivered.`,
`dropped.`, `dead.` or `discarded.` of that stage. Where one event goes on to several stages, `fan-out` takes the
difference.

What a stage turns out to have passed on besides its verdict (`passed`) comes from `fan-out`. What is made again of an
event by a replay of history (`redone`) moves nothing: it has ended where it ended before.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from operator import attrgetter

from lienthong.envelope import LOCAL_ZONE
from lienthong.ledger.records import Entry, Verdict

_POSTED_FIELDS = attrgetter("source", "received_at", "stage", "verdict", "to")

PASSING_ON = frozenset({"received", "done", "passed"})
"""Verdicts with which an event goes to other stages."""

Posting = tuple[str, str, str]
"""(source, local day, account)"""


@lru_cache(maxsize=1024)  # all events of a page share one instant
def local_day(moment: datetime) -> str:
    """The day in Vietnam of an instant, `yyyy-mm-dd`. An event is balanced under the day it was received on."""
    return moment.astimezone(LOCAL_ZONE).date().isoformat()


def postings(entries: Iterable[Entry]) -> dict[Posting, int]:
    """The amount that `entries` post to each account. Accounts with an amount of 0 are left out."""
    # Most entries of a block differ only in the event, so equal ones are counted first and posted once.
    counts = Counter(map(_POSTED_FIELDS, entries))
    sums: Counter[Posting] = Counter()
    for (source, received_at, stage, verdict, to), count in counts.items():
        for account, amount in _movements(source, stage, verdict, to):
            sums[source, local_day(received_at), account] += count * amount
    return {posting: amount for posting, amount in sums.items() if amount}


def _movements(source: str, stage: str, verdict: Verdict, to: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """The amounts that one entry posts, by account. They add up to zero."""
    match verdict:
        case "later" | "proposed" | "edited" | "refused" | "redone":
            return
        case "received":
            yield f"world.{source}", -1
            yield from _published_to(to)
        case "done" if to:
            yield stage, -1
            yield from _published_to(to)
        case "done":
            yield from ((stage, -1), (f"delivered.{stage}", 1))
        case "passed":
            yield from ((name, 1) for name in to)
            yield "fan-out", -len(to)
        case "replayed":
            yield from ((f"dead.{stage}", -1), (stage, 1))
        case "discarded":
            yield from ((f"dead.{stage}", -1), (f"discarded.{stage}", 1))
        case "dropped" | "dead":
            yield from ((stage, -1), (f"{verdict}.{stage}", 1))


def _published_to(to: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    for stage in to:
        yield stage, 1
    yield "fan-out", 1 - len(to)


def last_moment(entries: Iterable[Entry], stage: str) -> datetime | None:
    """When an event was last handed to the stage, or the stage last recorded something of it."""
    moments = [entry.at for entry in entries if entry.at and (entry.stage == stage or stage in entry.to)]
    return max(moments, default=None)


def find_open_stages(entries: Sequence[Entry]) -> dict[str, tuple[str, int]]:
    """The stages where one event has no final verdict: stage → (the stage that published it, its next turn there).

    `entries` are all entries of that event.
    """
    published = {to: entry.stage for entry in entries if entry.verdict in PASSING_ON for to in entry.to}
    last: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda e: e.turn):
        last[entry.stage] = entry
    open_stages = {}
    for stage, via in published.items():
        latest = last.get(stage)
        if latest is None:
            open_stages[stage] = (via, 1)
        elif latest.verdict in ("later", "replayed"):
            open_stages[stage] = (via, latest.turn + 1)
    return open_stages
