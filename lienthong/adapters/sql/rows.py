"""Between the ledger's values and its rows."""

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row

from lienthong.adapters.sql.hash_chains import ChainLink
from lienthong.envelope import Envelope, canonical_json, format_instant, parse_utc
from lienthong.ledger.double_entry import Posting, local_day
from lienthong.ledger.records import DeadLetter, Entry

_LEVEL = 1  # bodies are deflated for room, not for record compression


def pack(canonical_json: bytes) -> bytes:
    """Canonical JSON, deflated."""
    return zlib.compress(canonical_json, _LEVEL)


def content(stored: bytes) -> bytes:
    """The JSON of a stored body: as it is, or deflated. Raises ValueError for anything else."""
    if stored[:1] == b"{":
        return stored
    try:
        return zlib.decompress(stored)
    except zlib.error as error:
        raise ValueError(str(error)) from None


def unpack(stored: bytes) -> Any:
    """The value of a stored body. Raises ValueError for anything else."""
    return orjson.loads(content(stored))


BODY = ("event_id", "source", "type", "subject", "received_at", "body", "day", "number")


def body_row(envelope: Envelope, number: int) -> tuple[Any, ...]:
    """An envelope as it was received, the `number`-th of its source: the values of `BODY`."""
    return (
        envelope.id,
        envelope.source,
        envelope.type,
        envelope.subject,
        format_instant(envelope.received_at),
        envelope.data_json(),  # canonical, as arrivals are; deflating costs more than writing
        local_day(envelope.received_at),
        number,
    )


def received(row: Row[Any]) -> Envelope:
    """The envelope of a body's row, as intake first made it."""
    moment = parse_utc(row.received_at)
    return Envelope(row.event_id, row.type, row.source, row.subject, moment, moment, unpack(row.body))


ENTRY = (
    *("writer", "block", "position", "event_id", "source", "subject", "received_at", "day", "stage", "turn"),
    *("verdict", "reason", "handed_to", "fan_out", "who", "seal"),
)


def entry_rows(writer: str, block: int, entries: Sequence[Entry]) -> list[tuple[Any, ...]]:
    """The rows of one block: the values of `ENTRY`."""
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


def block_row(link: ChainLink, at: datetime, entries: int, chained: str) -> dict[str, Any]:
    """The row of a block of so many entries, whose hash is `chained`."""
    witness = link.witness
    return {
        "writer": link.writer,
        "number": link.number,
        "at": at.isoformat(),
        "entries": entries,
        "previous": link.previous,
        "hash": chained,
        "seen_writer": witness.writer if witness else None,
        "seen_blocks": witness.blocks if witness else None,
        "seen_head": witness.head if witness else None,
    }


POSTING = ("writer", "block", "source", "day", "account", "amount")


def posting_rows(writer: str, block: int, amounts: Mapping[Posting, int]) -> list[tuple[Any, ...]]:
    """The postings of one block: the values of `POSTING`."""
    return [(writer, block, *posting, amount) for posting, amount in amounts.items()]


def entry(row: Row[Any], at: datetime | None = None) -> Entry:
    """The entry of a row."""
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


LETTER = ("event_id", "stage", "turn", "attempt", "error", "field", "reason", "died_at", "envelope", "state")


def letter_row(letter: DeadLetter) -> dict[str, Any]:
    """A dead letter to be parked."""
    return {
        "event_id": letter.envelope.id,
        "stage": letter.stage,
        "turn": letter.turn,
        "attempt": letter.attempt,
        "error": letter.error,
        "field": letter.field,
        "reason": letter.reason,
        "died_at": letter.died_at.isoformat(),
        "envelope": pack(canonical_json(letter.envelope.to_wire())),
        "state": letter.state,
    }


def seal(letter: Mapping[str, Any]) -> str:
    """SHA-256 (hex) over what a letter's row says and will always say; its state is what operators make of it."""
    sha = hashlib.sha256(letter["envelope"])
    sha.update(orjson.dumps([letter[name] for name in ("attempt", "error", "field", "reason", "died_at")]))
    return sha.hexdigest()


def letter(row: Row[Any]) -> DeadLetter:
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
