"""Conversion between the ledger's values and the rows of its tables."""

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Row

from lienthong.adapters.sql.block_spans import name_spans
from lienthong.adapters.sql.hash_chains import NextBlock
from lienthong.data.event_ids import digest
from lienthong.data.unreadable import FIELD_LIMIT, clipped
from lienthong.dead_letters.cause import stored_cause
from lienthong.envelope import Envelope, canonical_json, format_instant, parse_utc
from lienthong.ledger.double_entry import Posting, local_day
from lienthong.ledger.records import DeadLetter, Entry

_COMPRESSION_LEVEL = 1  # zlib's fastest: bodies are compressed to save space, not to the utmost


def pack(json: bytes) -> bytes:
    """Deflate canonical JSON."""
    return zlib.compress(json, _COMPRESSION_LEVEL)


def stored_json(stored: bytes) -> bytes:
    """The JSON of a stored body, which is plain or deflated. Raises ValueError for anything else."""
    if stored[:1] == b"{":
        return stored
    try:
        return zlib.decompress(stored)
    except zlib.error as error:
        raise ValueError(str(error)) from None


def unpack(stored: bytes) -> Any:
    """The value of a stored body. Raises ValueError for anything but JSON, plain or deflated."""
    return orjson.loads(stored_json(stored))


BODY_COLUMNS = (
    *("event_id", "source", "type", "subject", "received_at", "body", "day", "number"),
    *("traceparent", "tracestate"),
)


def body_row(envelope: Envelope, number: int) -> tuple[Any, ...]:
    """The values of `BODY_COLUMNS` for an envelope as it was received, the `number`-th of its source."""
    return (
        envelope.id,
        envelope.source,
        envelope.type,
        envelope.subject,
        format_instant(envelope.received_at),
        envelope.data_json(),  # received data is canonical JSON; to deflate it would cost more than to write it
        local_day(envelope.received_at),
        number,
        envelope.trace,
        envelope.tracestate,
    )


_BODY = BODY_COLUMNS.index("body")


def digest_of(body_row: tuple[Any, ...]) -> str:
    """The SHA-256 (hex) of the body in a row of `BODY_COLUMNS`."""
    return digest(body_row[_BODY])


def received_envelope(row: Row[Any]) -> Envelope:
    """The envelope of a body's row, as intake created it."""
    moment = parse_utc(row.received_at)
    trace = row.traceparent, row.tracestate
    return Envelope(row.event_id, row.type, row.source, row.subject, moment, moment, unpack(row.body), *trace)


ENTRY_COLUMNS = (
    *("writer", "block", "position", "event_id", "source", "subject", "received_at", "day", "stage", "turn"),
    *("verdict", "reason", "handed_to", "fan_out", "who", "seal"),
)
_key = itemgetter(ENTRY_COLUMNS.index("received_at"), ENTRY_COLUMNS.index("event_id"))
_TURN = ENTRY_COLUMNS.index("turn")


def entry_rows(writer: str, block: int, entries: Sequence[Entry]) -> list[tuple[Any, ...]]:
    """The values of `ENTRY_COLUMNS` for the entries of one block."""
    return [
        (
            writer,
            block,
            position,
            entry.event_id,
            entry.source,
            entry.subject,
            format_instant(entry.received_at),
            local_day(entry.received_at),
            entry.stage,
            entry.turn,
            entry.verdict,
            entry.reason,
            "\n".join(entry.to),
            len(entry.to),
            entry.who,
            entry.seal,
        )
        for position, entry in enumerate(entries)
    ]


def parse_entry(row: Row[Any], at: datetime | None = None) -> Entry:
    """The entry of a row. `at`: when its block was written."""
    return Entry(
        event_id=row.event_id,
        source=row.source,
        subject=row.subject,
        received_at=parse_utc(row.received_at),
        stage=row.stage,
        turn=row.turn,
        verdict=row.verdict,
        reason=row.reason,
        to=tuple(row.handed_to.split("\n")) if row.handed_to else (),
        who=row.who,
        seal=row.seal,
        at=at,
    )


def block_row(
    block: NextBlock, at: datetime, *, entry_rows: Sequence[tuple[Any, ...]], block_hash: str
) -> dict[str, Any]:
    """The row of a block. `entry_rows`: of its entries, see `entry_rows`."""
    witness = block.witness
    oldest, newest, spans = name_bounds(entry_rows)
    return {
        "writer": block.writer,
        "number": block.number,
        "at": at.isoformat(),
        "entries": len(entry_rows),
        "previous": block.previous,
        "hash": block_hash,
        "seen_writer": witness.writer if witness else None,
        "seen_blocks": witness.blocks if witness else None,
        "seen_head": witness.head if witness else None,
        "oldest": oldest,
        "newest": newest,
        "spans": spans,
    }


def name_bounds(entry_rows: Sequence[Sequence[Any]]) -> tuple[str, str, str | None]:
    """By what the entries of a block are found: the columns `oldest`, `newest` and `spans`. There must be entries."""
    keys = list(map(_key, entry_rows))
    oldest, newest = min(keys)[0], max(keys)[0]
    later = [_key(row) for row in entry_rows if row[_TURN] > 1]
    first = [_key(row) for row in entry_rows if row[_TURN] <= 1] if later else keys
    return oldest, newest, name_spans(first, later)


POSTING_COLUMNS = ("writer", "block", "source", "day", "account", "amount")


def posting_rows(writer: str, block: int, amounts: Mapping[Posting, int]) -> list[tuple[Any, ...]]:
    """The values of `POSTING_COLUMNS` for the postings of one block."""
    return [(writer, block, *posting, amount) for posting, amount in amounts.items()]


LETTER_COLUMNS = (
    *("event_id", "stage", "turn", "attempt", "error", "field", "reason", "died_at", "envelope", "state"),
    *("source", "cause"),
)


REASON_LIMIT = 2_000
"""Characters of a reason in the ledger."""


def kept_reason(reason: str) -> str:
    """A reason as both databases can keep it."""
    return clipped(reason, REASON_LIMIT)


def letter_row(letter: DeadLetter) -> dict[str, Any]:
    """The row of a dead letter; its number is given by the database."""
    error, reason = clipped(letter.error, FIELD_LIMIT), kept_reason(letter.reason)
    field = None if letter.field is None else clipped(letter.field, FIELD_LIMIT)
    return {
        "event_id": letter.envelope.id,
        "stage": letter.stage,
        "turn": letter.turn,
        "attempt": letter.attempt,
        "error": error,
        "field": field,
        "reason": reason,
        "died_at": letter.died_at.isoformat(),
        "envelope": pack(canonical_json(letter.envelope.to_wire())),
        "state": letter.state,
        "source": letter.envelope.source,
        "cause": stored_cause(stage=letter.stage, error=error, field=field, reason=reason),
    }


def compute_seal(letter: Mapping[str, Any]) -> str:
    """SHA-256 (hex) over those columns of a letter's row that never change. Operators change its state."""
    sha = hashlib.sha256(letter["envelope"])
    sha.update(orjson.dumps([letter[name] for name in ("attempt", "error", "field", "reason", "died_at")]))
    return sha.hexdigest()


def parse_letter(row: Row[Any]) -> DeadLetter:
    """The dead letter of a row."""
    return DeadLetter(
        number=row.number,
        envelope=Envelope.from_wire(unpack(row.envelope)),
        stage=row.stage,
        turn=row.turn,
        attempt=row.attempt,
        error=row.error,
        field=row.field,
        reason=row.reason,
        died_at=parse_utc(row.died_at),
        state=row.state,
    )
