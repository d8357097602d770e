"""Double entry: what each ledger entry posts to which account. No I/O.

Double entry: every entry posts amounts that add up to zero. An event comes from `world.<source>`, waits in the
account of a stage (`route.x`, `sink.y`), and ends in `delivered.`, `dropped.`, `dead.` or `discarded.` of that stage.
Where one event goes on to several stages, `fan-out` takes the difference.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from operator import attrgetter

from lienthong.envelope import LOCAL_ZONE
from lienthong.ledger.records import Entry, Verdict

_SAID = attrgetter("source", "received_at", "stage", "verdict", "to")

Posting = tuple[str, str, str]
"""(source, local day, account)"""


@lru_cache(maxsize=1024)  # a page of events is received in one moment
def local_day(moment: datetime) -> str:
    """The day in Vietnam an event is balanced under, `yyyy-mm-dd`."""
    return moment.astimezone(LOCAL_ZONE).date().isoformat()


def postings(entries: Iterable[Entry]) -> dict[Posting, int]:
    """What `entries` change, account by account; accounts that end unchanged are left out."""
    # Most entries of a block say the same of different events, so each thing said is looked at once.
    said = Counter(map(_SAID, entries))
    sums: Counter[Posting] = Counter()
    for (source, received_at, stage, verdict, to), times in said.items():
        for account, amount in _movements(source, stage, verdict, to):
            sums[source, local_day(received_at), account] += times * amount
    return {posting: amount for posting, amount in sums.items() if amount}


def _movements(source: str, stage: str, verdict: Verdict, to: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """The accounts one entry moves, with amounts that add up to zero."""
    match verdict:
        case "later" | "proposed" | "edited" | "refused":
            return
        case "received":
            yield f"world.{source}", -1
            yield from _handed_over(to)
        case "done" if to:
            yield stage, -1
            yield from _handed_over(to)
        case "done":
            yield from ((stage, -1), (f"delivered.{stage}", 1))
        case "replayed":
            yield from ((f"dead.{stage}", -1), (stage, 1))
        case "discarded":
            yield from ((f"dead.{stage}", -1), (f"discarded.{stage}", 1))
        case "dropped" | "dead":
            yield from ((stage, -1), (f"{verdict}.{stage}", 1))


def _handed_over(to: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    for stage in to:
        yield stage, 1
    yield "fan-out", 1 - len(to)


def find_open_stages(entries: Sequence[Entry]) -> dict[str, tuple[str, int]]:
    """Where one event still has to go: stage → (the stage it came from, its next turn there).

    `entries` are all entries of one event.
    """
    handed = {to: entry.stage for entry in entries if entry.verdict in ("received", "done") for to in entry.to}
    last: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda e: e.turn):
        last[entry.stage] = entry
    waiting = {}
    for stage, via in handed.items():
        latest = last.get(stage)
        if latest is None:
            waiting[stage] = (via, 1)
        elif latest.verdict in ("later", "replayed"):
            waiting[stage] = (via, latest.turn + 1)
    return waiting
