"""The sink of what was announced of deadlines: whether, and when, an office was warned."""

from collections.abc import Mapping, Sequence
from typing import Any

from lienthong import Dead, Done, Envelope, Outcome, Site, Transaction
from lienthong.adapters.sql import translate_errors
from store.deadlines.tables import announcements
from store.deadlines.writing import insert_new
from store.instants import format_instant


class DeadlineAnnouncements:
    """Keeps each announcement once (`schemas.canonical.deadline_events_v1`)."""

    def __init__(self, site: Site) -> None:
        """The sink keeps no state: `deliver` is given its connection."""

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        """Store a bundle through `transaction.connection`. Raises `Transient` when the database does not answer."""
        rows = [_row(envelope) for envelope in envelopes]
        with translate_errors("cơ sở dữ liệu thời hạn không trả lời"):
            insert_new(transaction.connection, announcements, [row for row in rows if row is not None])
        dead = Dead("sự kiện không nói về thời hạn nào", field="deadline")
        return [dead if row is None else Done(envelope) for envelope, row in zip(envelopes, rows, strict=True)]


def _row(envelope: Envelope) -> Mapping[str, Any] | None:
    data = envelope.data_dict()
    if not (isinstance(data.get("deadline"), str) and isinstance(data.get("at"), str)):
        return None
    return {
        "event_id": envelope.id,
        "type": envelope.type,
        "deadline_id": data["deadline"],
        "at": format_instant(data["at"]),
        "announced_at": format_instant(envelope.received_at),
    }
