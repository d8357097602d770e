"""Notes on groups of dead letters: each is an act of the ledger, with who wrote it.

The event has the source `dead.groups` and the id of the group as its subject, so `lienthong trail ID` shows what was
noted on a group and when.
"""

from dataclasses import replace

from lienthong.dead_letters.actor import Actor
from lienthong.dead_letters.group_notes import GroupNote, GroupNotes
from lienthong.intake.record_envelope import make_envelope
from lienthong.ledger.records import Entry
from lienthong.masking import mask_text
from lienthong.messages import in_ledger_language, message
from lienthong.ports import Clock, Ledger, Record

SOURCE = "dead.groups"
"""The source and the stage of these acts. No source of a project has a dot in its name."""

MAX_LENGTH = 500
"""Characters of a note; its other texts have at most 100."""


def write_note(notes: GroupNotes, ledger: Ledger, clock: Clock, note: GroupNote, *, who: Actor) -> GroupNote:
    """Store a note and record it. Numbers of persons in it are masked first."""
    now = clock.now()
    note = replace(
        note,
        owner=_text(note.owner, 100),
        ticket=_text(note.ticket, 100),
        note=_text(note.note, MAX_LENGTH),
        noted_by=str(who),
        noted_at=now,
    )
    body = {
        "group": note.group,
        "owner": note.owner,
        "ticket": note.ticket,
        "note": note.note,
        "known_until": note.known_until.isoformat() if note.known_until else None,
        "at": now.isoformat(),
        "who": note.noted_by,
    }
    envelope = make_envelope(SOURCE, Record("lienthong.group-noted.v1", note.group, body), now)
    reason = message("noted: owner {owner}, ticket {ticket}", owner=note.owner or "—", ticket=note.ticket or "—")
    with ledger.transaction() as transaction:
        notes.write(note, transaction)
        transaction.adopt([envelope], source=SOURCE, to=(SOURCE,), who=note.noted_by)
        entry = Entry(envelope.id, SOURCE, note.group, envelope.received_at, SOURCE, turn=1, verdict="done")
        transaction.record([entry._replace(reason=in_ledger_language(reason), who=note.noted_by)])
    return note


def _text(given: str, length: int) -> str:
    return mask_text(" ".join(given.split()))[:length]
