"""The data store's tables of questions, their answers and petitions; see `store.tables`."""

from sqlalchemy import Column, Index, String, Table, Text

from store.metadata import Key, metadata

questions = Table(
    "store_questions",
    metadata,
    Column("source", Key, primary_key=True),
    Column("code", Key, primary_key=True),
    Column("procedure", String),
    Column("field", String),
    Column("addressed_to", String),
    Column("agency", Key),
    Column("routed_by", String),
    Column("state", Key, nullable=False),
    Column("text", Text, nullable=False),
    Column("quality", String, nullable=False),
    Column("observed_at", Key, nullable=False),
    Column("event_id", Key, nullable=False),
    Index("store_questions_by_agency", "agency", "state"),
    Index("store_questions_by_code", "code"),
)
"""The newest version of each question (hỏi đáp) of the portal, without the person who asked."""

question_answers = Table(
    "store_question_answers",
    metadata,
    Column("question", Key, primary_key=True),
    Column("text", Text, nullable=False),
    Column("answered_by", String, nullable=False),
    Column("position", String),
    Column("answered_at", Key, nullable=False),
    Column("client", String),
    Column("observed_at", Key, nullable=False),
    Column("event_id", Key, nullable=False),
)
"""The newest answer to each question, by the code of the question. `client` is the system that gave it."""

petitions = Table(
    "store_petitions",
    metadata,
    Column("source", Key, primary_key=True),
    Column("code", Key, primary_key=True),
    Column("kind", String),
    Column("procedure", String),
    Column("field", String),
    Column("addressed_to", String),
    Column("agency", Key),
    Column("routed_by", String),
    Column("received_at", Key),
    Column("refused_at", Key),
    Column("supplement_requested_at", Key),
    Column("supplemented_at", Key),
    Column("answered_at", Key),
    Column("published_at", Key),
    Column("quality", String, nullable=False),
    Column("observed_at", Key, nullable=False),
    Column("event_id", Key, nullable=False),
    Index("store_petitions_by_receipt", "received_at"),
)
"""The newest version of each petition (phản ánh, kiến nghị): the moments of its clocks, without person and text."""
