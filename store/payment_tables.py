"""The tables of payments; see `store.tables`."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from store.metadata import Key, metadata

payments = Table(
    "store_payments",
    metadata,
    Column("transaction_id", Key, primary_key=True),
    Column("event_id", Key, nullable=False),
    Column("observed_at", Key, nullable=False),
    Column("dossier", Key),
    Column("amount", BigInteger),
    Column("currency", String),
    Column("paid", Integer, nullable=False),
    Column("error", String),
    Column("bank", String),
    Column("reference", String),
    Column("paid_at", Key, nullable=False),
    Column("quality", String, nullable=False),
    Index("store_payments_by_dossier", "dossier"),
)
"""Transactions of the payment platform, by its number, as last notified. `paid` is 1 or 0.

`dossier` is the code that the payment names, null without one. While no such dossier was known, `quality` has the flag
`unmatched`; the dossier may have come since."""

payment_matches = Table(
    "store_payment_matches",
    metadata,
    Column("transaction_id", Key, primary_key=True),
    Column("compact", Key, nullable=False),
    Column("dossier", Key),
    Column("announced", Text),
    Index("store_payment_matches_by_compact", "compact"),
    Index("store_payment_matches_by_dossier", "dossier"),
)
"""What each payment was matched to. `dossier` is null until a dossier is known that it names.

`compact` is the code that it names without its dots and hyphens, or `!` and its transaction where it names none.
`announced` is the JSON of what was handed back last."""
