"""The arithmetic of the ledger: what an entry posts to which account, and how blocks are chained. No I/O.

Double entry: every entry posts amounts that add up to zero. An event comes from `world.<source>`, waits in the
account of a stage (`route.x`, `sink.y`), and ends in `delivered.`, `dropped.`, `dead.` or `discarded.` of that stage.
Where one event goes on to several stages, `fan-out` takes the difference.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

import orjson

from lienthong.accounts import Entry, Verdict
from lienthong.envelope import written_moment

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
GENESIS = "0" * 64

_SAID = attrgetter("source", "received_at", "stage", "verdict", "to")

Posting = tuple[str, str, str]
"""(source, local day, account)"""


class Witness(NamedTuple):
    """What a block says about another chain: it had so many blocks, the last with this hash."""

    writer: str
    blocks: int
    head: str


@lru_cache(maxsize=1024)  # a page of events is received in one moment
def local_day(moment: datetime) -> str:
    """The day in Vietnam an event is balanced under, `yyyy-mm-dd`."""
    return moment.astimezone(LOCAL).date().isoformat()


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


def open_after(entries: Sequence[Entry]) -> dict[str, tuple[str, int]]:
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


def line(entry: Entry) -> bytes:
    """An entry as the chain sees it: one canonical line with every field the ledger keeps.

    A seal is part of it where there is one, so that lines from before there were seals are what they were.
    """
    fields = (
        entry.event_id,
        entry.source,
        entry.subject,
        written_moment(entry.received_at),
        entry.stage,
        entry.turn,
        entry.verdict,
        entry.reason,
        entry.to,
        entry.who,
    )
    return orjson.dumps((*fields, entry.seal) if entry.seal else fields, option=orjson.OPT_APPEND_NEWLINE)


def block_hash(
    previous: str, writer: str, number: int, at: datetime, entries: Iterable[Entry], *, witness: Witness | None = None
) -> str:
    """The hash of a block: SHA-256 over the previous block's hash, its own head and its entries' lines in order.

    A witness is part of the head where there is one; blocks without hash as they did before there were any.
    """
    sha = hashlib.sha256()
    head = (previous, writer, number, at.isoformat(), *(witness or ()))
    sha.update(orjson.dumps(head, option=orjson.OPT_APPEND_NEWLINE))
    for entry in entries:
        sha.update(line(entry))
    return sha.hexdigest()
