"""The hash chain: each block of entries carries the hash of the block before it. No I/O."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import orjson

from lienthong.envelope import format_instant
from lienthong.ledger.records import Entry

GENESIS = "0" * 64
"""The hash before the first block of a chain."""


class Witness(NamedTuple):
    """What a block says about another chain: how many blocks it had, and the hash of the last one."""

    writer: str
    blocks: int
    head: str


def encode_entry(entry: Entry) -> bytes:
    """An entry as the chain sees it: one canonical line with every field the ledger keeps.

    A seal is part of it where there is one, so that lines from before there were seals are what they were.
    """
    fields = (
        entry.event_id,
        entry.source,
        entry.subject,
        format_instant(entry.received_at),
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
        sha.update(encode_entry(entry))
    return sha.hexdigest()
