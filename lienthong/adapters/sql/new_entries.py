"""Which entries are new to the ledger, and how they are completed before they are written."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

from lienthong.adapters.sql import rows
from lienthong.adapters.sql.key_queries import select_by_keys
from lienthong.adapters.sql.rows import REASON_LIMIT, kept_reason
from lienthong.adapters.sql.schema import entries
from lienthong.envelope import Envelope, format_instant
from lienthong.ledger.double_entry import local_day
from lienthong.ledger.records import DeadLetter, Entry, may_follow
from lienthong.messages import in_ledger_language, message

# Built once: SQLAlchemy needs more time to build a statement than a database to answer it.
_EVENT = (entries.c.event_id, entries.c.received_at)
_SELECT_TURNS = select(entries.c.event_id, entries.c.turn, entries.c.verdict).where(
    entries.c.stage == bindparam("stage"),
    entries.c.day.between(bindparam("first"), bindparam("last")),  # limits the query to the partitions of these days
)

LetterRows = Mapping[tuple[str, str, int], Mapping[str, Any]]
"""Rows of dead letters by event id, stage and turn."""


class NewEntries(NamedTuple):
    """`entries` are to be written after `missing`, which are entries for first turns that left none."""

    entries: list[Entry]
    missing: list[Entry]


def select_new(connection: Connection, candidates: Sequence[Entry]) -> NewEntries:
    """The candidates with a later turn at a stage that has no final verdict yet for their event.

    A worker may die after it published an event's next turn and before its commit. Its first turn then has no entry,
    and may be delivered again after the later one. So an entry for it is written before the later turn's.
    """
    last = _last_turns(connection, candidates)
    accepted, missing = [], []
    for entry in candidates:
        turn, verdict = last.get((entry.event_id, entry.stage), (-1, ""))
        if entry.turn > turn and may_follow(verdict, entry.verdict):
            accepted.append(entry)
            last[entry.event_id, entry.stage] = (entry.turn, entry.verdict)
            if turn == -1 and entry.turn > 1:
                missing.append(_interrupted_first_turn(entry))
    return NewEntries(accepted, missing)


def find_overtaken(connection: Connection, stage: str, envelopes: Sequence[Envelope], turn: int) -> frozenset[str]:
    """Ids of the events for which an attempt at the stage in this turn could not be recorded any more."""
    attempts = [Entry(each.id, each.source, each.subject, each.received_at, stage, turn, "done") for each in envelopes]
    last = _last_turns(connection, attempts)
    return frozenset(
        event_id
        for (event_id, _), (last_turn, verdict) in last.items()
        if turn <= last_turn or not may_follow(verdict, "done")
    )


def _last_turns(connection: Connection, candidates: Sequence[Entry]) -> dict[tuple[str, str], tuple[int, str]]:
    """By event id and stage, the last turn in the ledger and its verdict."""
    by_stage: dict[str, list[Entry]] = {}
    for entry in candidates:
        by_stage.setdefault(entry.stage, []).append(entry)
    last: dict[tuple[str, str], tuple[int, str]] = {}
    for stage, at_stage in by_stage.items():
        ids = [entry.event_id for entry in at_stage]
        received = [format_instant(entry.received_at) for entry in at_stage]
        days = [local_day(entry.received_at) for entry in at_stage]
        scope = {"stage": stage, "first": min(days), "last": max(days)}
        for event_id, turn, verdict in select_by_keys(connection, _SELECT_TURNS, _EVENT, ids, received, **scope):
            if turn >= last.get((event_id, stage), (-1, ""))[0]:
                last[event_id, stage] = (turn, verdict)
    return last


def received_entry(envelope: Envelope, stage: str, to: tuple[str, ...], who: str = "") -> Entry:
    """The entry for the receipt of an event. `to`: the routes it goes to. `who`: who pushed or adopted it."""
    return Entry(
        envelope.id,
        envelope.source,
        envelope.subject,
        envelope.received_at,
        stage,
        turn=0,
        verdict="received",
        reason=envelope.type,  # so that the hash chain also covers the event's type
        to=to,
        who=who,
    )


def letter_rows(written: Sequence[Entry], letters: Sequence[DeadLetter]) -> LetterRows:
    """The rows of those letters that have a "dead" entry among `written`."""
    if not letters:
        return {}
    dead = {(entry.event_id, entry.stage, entry.turn) for entry in written if entry.verdict == "dead"}
    keyed = (((letter.envelope.id, letter.stage, letter.turn), letter) for letter in letters)
    return {key: rows.letter_row(letter) for key, letter in keyed if key in dead}


def complete(entry: Entry, letters: LetterRows) -> Entry:
    """The entry with the seal of its letter, and a reason that both databases can keep.

    A bundle must not wait for ever because of one reason.
    """
    letter = letters.get((entry.event_id, entry.stage, entry.turn)) if entry.verdict == "dead" else None
    sealed = entry._replace(seal=rows.compute_seal(letter)) if letter else entry
    reason = sealed.reason
    return (
        sealed if reason.isprintable() and len(reason) <= REASON_LIMIT else sealed._replace(reason=kept_reason(reason))
    )


def _interrupted_first_turn(entry: Entry) -> Entry:
    """The entry of the first turn, concluded from a later one: the event was made to wait, or there would be none."""
    why = message("the first attempt was interrupted after the next one was published, before it was recorded")
    return entry._replace(turn=1, verdict="later", reason=in_ledger_language(why), to=(), who="")
