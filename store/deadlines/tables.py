"""The tables of deadlines; see `store.tables`. Instants are those of `store.instants`."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from store.metadata import Key, metadata

subjects = Table(
    "store_deadline_subjects",
    metadata,
    Column("kind", Key, primary_key=True),
    Column("source", Key, primary_key=True),
    Column("key", Key, primary_key=True),
    Column("facts", Text, nullable=False),
)
"""What is known of a dossier, petition or dispute: `facts` is JSON (`store.deadlines.rows`). It names no citizen.

Its row is locked by what reckons its deadlines."""

announcements = Table(
    "store_deadline_announcements",
    metadata,
    Column("event_id", Key, primary_key=True),
    Column("type", Key, nullable=False),
    Column("deadline_id", Key, nullable=False),
    Column("at", Key, nullable=False),
    Column("announced_at", Key, nullable=False),
    Index("store_deadline_announcements_by_deadline", "deadline_id", "announced_at"),
)
"""What was announced of which deadline, and when: whether an office was warned before it missed one."""

deadlines = Table(
    "store_deadlines",
    metadata,
    Column("deadline_id", Key, primary_key=True),
    Column("kind", Key, nullable=False),
    Column("source", Key, nullable=False),
    Column("key", Key, nullable=False),
    Column("rule", Key, nullable=False),
    Column("name", String, nullable=False),
    Column("document", String, nullable=False),
    Column("article", String, nullable=False),
    Column("agency", Key),
    Column("agency_name", String),
    Column("officer", String),
    Column("state", Key, nullable=False),
    Column("started_at", Key, nullable=False),
    Column("due_at", Key),
    Column("risk_at", Key),
    Column("breach_at", Key),
    Column("ended_at", Key),
    Column("ended_by", Key),
    Column("elapsed_minutes", Integer, nullable=False),
    Column("allowed_minutes", Integer),
    Column("pauses", Text, nullable=False),
    Column("unannounced", String, nullable=False),
    Column("risk_announced", Key),
    Column("breach_announced", Key),
    Column("listed_at", Key, nullable=False),
    Column("next_at", Key),
    Column("reckoned_by", Key),
    Index("store_deadlines_by_subject", "kind", "source", "key"),
    Index("store_deadlines_by_next", "next_at"),
    Index("store_deadlines_by_reckoning", "reckoned_by"),
    Index("store_deadlines_by_state", "state", "listed_at", "deadline_id"),
    Index("store_deadlines_by_start", "rule", "started_at"),
    Index("store_deadlines_by_agency", "agency", "listed_at", "deadline_id"),
)
"""Each deadline as it was last reckoned (`transforms.deadline_judging.Judged`).

- `state`: running, paused, met, breached; or void: what started it did not happen, and that has to be announced.
- `risk_announced`, `breach_announced`: the moments that were announced.
- `next_at`: when time changes something next; null when it changes nothing. The look of each minute reads this index.
- `listed_at`: the due moment, or a text after all moments while there is none. `unannounced` are years, by spaces.
- `reckoned_by`: which rules and calendars it was reckoned with; null when it is not reckoned anew, because it was met.
"""
