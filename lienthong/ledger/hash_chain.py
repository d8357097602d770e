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
    """The state of another chain that a block records: its number of blocks, and the hash of the last one."""

    writer: str
    blocks: int
    head: str


def encode_entry(entry: Entry) -> bytes:
    """An entry in the form that is hashed: one line of JSON with every field the ledger stores.

    The seal is appended only when set, so that hashes of entries written before migration 0004 stay valid.
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
    entries: Iterable[Entry],
    *,
    previous: str,
    writer: str,
    number: int,
    at: datetime,
    witness: Witness | None = None,
) -> str:
    """The hash of a block: SHA-256 over its head and the lines of its entries, in order.

    The head holds the hash of the previous block, the writer, the number of the block and its time. The witness is
    appended only when given, so that hashes of blocks without one stay valid.
    """
    sha = hashlib.sha256()
    head = (previous, writer, number, at.isoformat(), *(witness or ()))
    sha.update(orjson.dumps(head, option=orjson.OPT_APPEND_NEWLINE))
    for entry in entries:
        sha.update(encode_entry(entry))
    return sha.hexdigest()
