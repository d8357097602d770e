"""Writing what is announced: one row for each bundle of one event type."""

import hashlib
import sys
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, text

from lienthong.adapters.message_size import cut_to_size
from lienthong.adapters.sql.announcement_tables import announcements
from lienthong.adapters.sql.moments import moment_text
from lienthong.envelope import Bundle

MAX_BODY_BYTES = 4 * 1024 * 1024
"""A bundle with a larger body is divided, as it is on its way to subscribers. A single event may be larger."""

DEFLATE_LEVEL = 1
"""3.4 µs an event of 1.1 kB, and a tenth of its size; a higher level takes three times as long for a few bytes."""

_INSERT = insert(announcements)
_INSERT_POSTGRESQL = text(
    # The transaction has its id before it takes a number: what reads relies on it (`AnnouncementFence`).
    "INSERT INTO ledger_announcements (number, at, stage, type, count, body, digest)"
    " SELECT nextval('ledger_announcements_number_seq'), :at, :stage, :type, :events, :body, :digest"
    " FROM pg_current_xact_id()"
)


def write_announcements(connection: Connection, stage: str, bundles: Sequence[Bundle], at: datetime) -> None:
    """Write the rows of bundles that `stage` announces."""
    parts = cut_to_size(bundles, {}, limit=sys.maxsize, target=MAX_BODY_BYTES)
    statement = _INSERT if connection.dialect.name == "sqlite" else _INSERT_POSTGRESQL
    connection.execute(statement, [_row(stage, bundle, body, at) for bundle, body in parts])


def digest_of(stage: str, event_type: str, events: int, body: bytes) -> str:
    """The SHA-256 of a row: who announced, what kind, how many, and the deflated body."""
    head = f"{stage}\n{event_type}\n{events}\n".encode()
    return hashlib.sha256(head + body).hexdigest()


def _row(stage: str, bundle: Bundle, body: bytes, at: datetime) -> dict[str, Any]:
    deflated, events = zlib.compress(body, DEFLATE_LEVEL), len(bundle.envelopes)
    return {
        "at": moment_text(at),
        "stage": stage,
        "type": bundle.queue,
        "events": events,
        "body": deflated,
        "digest": digest_of(stage, bundle.queue, events, deflated),
    }
