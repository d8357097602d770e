"""The trail: everything the ledger recorded of one dossier or one event."""

from collections.abc import Mapping, Sequence
from typing import Any

from lienthong.ledger.records import Entry
from lienthong.masking import mask_text
from lienthong.ports import Ledger


def trail(ledger: Ledger, key: str) -> Sequence[Entry]:
    """The entries of the events with this subject or this id, by event and in order of time; numbers are masked."""
    return masked_entries(ledger.trail(key))


def masked_entries(entries: Sequence[Entry]) -> Sequence[Entry]:
    """The entries with the numbers of persons masked in subject and reason."""
    return [entry._replace(subject=mask_text(entry.subject), reason=mask_text(entry.reason)) for entry in entries]


def entries_by_event(entries: Sequence[Entry]) -> Mapping[str, Sequence[Entry]]:
    """The entries of each event, by its id."""
    by_event: dict[str, list[Entry]] = {}
    for entry in entries:
        by_event.setdefault(entry.event_id, []).append(entry)
    return by_event


def trail_json(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """One object for each entry; `at` is UTC in ISO 8601."""
    return [
        {
            "event": entry.event_id,
            "source": entry.source,
            "subject": entry.subject,
            "at": entry.at.isoformat() if entry.at else None,
            "stage": entry.stage,
            "turn": entry.turn,
            "verdict": entry.verdict,
            "to": list(entry.to),
            "reason": entry.reason,
            "who": entry.who,
        }
        for entry in entries
    ]
