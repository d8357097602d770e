"""The tables of editions of reports; see `store.tables`."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from store.metadata import Key, metadata

editions = Table(
    "store_report_editions",
    metadata,
    Column("edition_id", Key, primary_key=True),
    Column("report", Key, nullable=False),
    Column("period", Key, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("state", Key, nullable=False),
    Column("why", String, nullable=False),
    Column("due_at", Key),
    Column("title", String, nullable=False),
    Column("digest", Key),
    Column("figures_digest", Key),
    Column("heads", Text, nullable=False),
    Column("drafted_at", Key),
    Column("drafted_by", String, nullable=False),
    Column("approved_at", Key),
    Column("number", String, nullable=False),
    Column("sent_at", Key),
    Column("received_at", Key),
    Index("store_report_editions_by_period", "period", "report"),
)
"""An edition (lần phát hành) of a report, `REPORT/PERIOD/EDITION`. `digest` names the frozen document among the files;
`figures_digest` is that of its figures alone. `heads` (JSON): the heads of the ledger then. `drafted_by` is empty when
the schedule drafted it. `why`: why one that is due could not be drafted."""

acts = Table(
    "store_report_acts",
    metadata,
    Column("edition_id", Key, primary_key=True),
    Column("act", Integer, primary_key=True),
    Column("kind", Key, nullable=False),
    Column("who", String, nullable=False),
    Column("at", Key, nullable=False),
    Column("why", String, nullable=False),
    Column("digest", Key),
    Index("store_report_acts_by_digest", "digest"),
)
"""What was done with an edition, by which person and why. `digest`: the frozen document that it was done with."""

sendings = Table(
    "store_report_sendings",
    metadata,
    Column("edition_id", Key, primary_key=True),
    Column("channel", Key, primary_key=True),
    Column("unit", Key, primary_key=True),
    Column("recipient", Key, primary_key=True),
    Column("message_id", Key, nullable=False),
    Column("state", Key, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("began_at", Key, nullable=False),
    Column("answered_at", Key),
    Column("code", String),
    Column("why", String, nullable=False),
    Column("files", Text, nullable=False),
    Column("received_at", Key),
)
"""A message of an edition to one recipient. `unit` is that of a letter, "" for the report itself. The row is committed
as `sending` before the server is called; found so later, its outcome is not known. `files` (JSON): name, digest and
bytes of each file."""
