"""Small invented events for tests of the engine."""

from datetime import UTC, datetime, timedelta
from typing import Any

from lienthong.envelope import Envelope, canonical_json, derive_id, digest
from lienthong.ledger.records import Entry, Verdict

DAY = datetime(2023, 11, 1, 3, 0, tzinfo=UTC)


def event(name: str, *, source: str = "igate", day: int = 0, **data: Any) -> Envelope:
    """An event with its name and `data` as content, received at 10:00 local time, `day` days after 1 November 2023."""
    body = {"name": name, **data}
    moment = DAY + timedelta(days=day)
    return Envelope(
        derive_id(source, name, digest(canonical_json(body))), "test.event", source, name, moment, moment, body
    )


def entry(of: Envelope, stage: str, verdict: Verdict, *, turn: int = 1, to: tuple[str, ...] = (), **more: Any) -> Entry:
    """A ledger entry of an event."""
    return Entry(of.id, of.source, of.subject, of.received_at, stage, turn, verdict, to=to, **more)
