"""The store of documents: versions, verdicts, reuses, disputes, and who read what."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, String, Text, inspect

revision = "0009"
down_revision = "0008"

_KEY = String().with_variant(String(collation="C"), "postgresql")


def upgrade() -> None:
    present = inspect(op.get_bind())
    for name, make in _TABLES.items():
        if not present.has_table(name):  # present, and its step not recorded
            make()


def _make_documents() -> None:
    op.create_table(
        "store_documents",
        Column("document_id", _KEY, primary_key=True),
        Column("identity", _KEY, nullable=False),
        Column("document_type", _KEY, nullable=False),
        Column("result_code", _KEY),
        Column("kind", _KEY, nullable=False),
        Column("agency", _KEY),
        Column("dossier", _KEY),
        Column("origin", _KEY, nullable=False),
        Column("added_at", _KEY, nullable=False),
        Column("event_id", _KEY, nullable=False),
    )
    op.create_index("store_documents_by_owner", "store_documents", ["identity", "added_at", "document_id"])
    op.create_index("store_documents_by_dossier", "store_documents", ["dossier"])


def _make_versions() -> None:
    op.create_table(
        "store_document_versions",
        Column("document_id", _KEY, primary_key=True),
        Column("version", Integer, primary_key=True),
        Column("identity", _KEY, nullable=False),
        Column("digest", _KEY, nullable=False),
        Column("size", BigInteger, nullable=False),
        Column("media_type", String, nullable=False),
        Column("number", String),
        Column("issued_on", _KEY),
        Column("valid_until", _KEY),
        Column("reason", _KEY, nullable=False),
        Column("indication", _KEY, nullable=False),
        Column("accepted", Integer, nullable=False),
        Column("judged_at", _KEY, nullable=False),
        Column("recheck_after", _KEY),
        Column("client", String),
        Column("officer", String),
        Column("added_at", _KEY, nullable=False),
        Column("event_id", _KEY, nullable=False),
        Column("delivered", Integer, nullable=False),
    )
    op.create_index("store_document_versions_by_digest", "store_document_versions", ["identity", "digest"], unique=True)
    op.create_index("store_document_versions_by_recheck", "store_document_versions", ["recheck_after"])
    op.create_index("store_document_versions_by_body", "store_document_versions", ["digest"])


def _make_verdicts() -> None:
    op.create_table(
        "store_document_verdicts",
        Column("document_id", _KEY, primary_key=True),
        Column("version", Integer, primary_key=True),
        Column("event_id", _KEY, primary_key=True),
        Column("judged_at", _KEY, nullable=False),
        Column("indication", _KEY, nullable=False),
        Column("accepted", Integer, nullable=False),
        Column("verdict", Text, nullable=False),
    )


def _make_reuses() -> None:
    op.create_table(
        "store_document_reuses",
        Column("document_id", _KEY, primary_key=True),
        Column("dossier", _KEY, primary_key=True),
        Column("component", _KEY, primary_key=True),
        Column("version", Integer, nullable=False),
        Column("reused_at", _KEY, nullable=False),
        Column("client", String),
        Column("officer", String),
        Column("event_id", _KEY, nullable=False),
        Column("delivered", Integer, nullable=False),
    )
    op.create_index("store_document_reuses_by_dossier", "store_document_reuses", ["dossier", "component"])
    op.create_index("store_document_reuses_by_moment", "store_document_reuses", ["reused_at"])


def _make_disputes() -> None:
    op.create_table(
        "store_document_disputes",
        Column("dispute_id", _KEY, primary_key=True),
        Column("document_id", _KEY, nullable=False),
        Column("version", Integer, nullable=False),
        Column("identity", _KEY, nullable=False),
        Column("agency", _KEY),
        Column("statement", Text, nullable=False),
        Column("raised_in", _KEY, nullable=False),
        Column("dossier", _KEY),
        Column("opened_at", _KEY, nullable=False),
        Column("due_on", _KEY, nullable=False),
        Column("state", _KEY, nullable=False),
        Column("resolved_at", _KEY),
        Column("explanation", Text),
        Column("new_version", Integer),
        Column("client", String),
        Column("event_id", _KEY, nullable=False),
        Column("delivered", Integer, nullable=False),
        Column("resolution_event", _KEY),
        Column("resolution_delivered", Integer, nullable=False),
    )
    op.create_index("store_document_disputes_by_document", "store_document_disputes", ["document_id", "state"])
    op.create_index("store_document_disputes_by_owner", "store_document_disputes", ["identity", "state"])
    op.create_index("store_document_disputes_by_deadline", "store_document_disputes", ["state", "due_on"])
    op.create_index("store_document_disputes_by_agency", "store_document_disputes", ["agency", "state"])


def _make_matches() -> None:
    op.create_table(
        "store_document_matches",
        Column("event_id", _KEY, primary_key=True),
        Column("place", Integer, primary_key=True),
        Column("matched_at", _KEY, nullable=False),
        Column("identity", _KEY, nullable=False),
        Column("procedure", _KEY, nullable=False),
        Column("dossier", _KEY),
        Column("component", _KEY, nullable=False),
        Column("outcome", _KEY, nullable=False),
        Column("document_id", _KEY),
        Column("fitting", Integer, nullable=False),
        Column("client", String),
    )
    op.create_index("store_document_matches_by_moment", "store_document_matches", ["matched_at"])
    op.create_index("store_document_matches_by_owner", "store_document_matches", ["identity", "component"])


def _make_accesses() -> None:
    op.create_table(
        "store_document_accesses",
        Column("event_id", _KEY, primary_key=True),
        Column("at", _KEY, nullable=False),
        Column("identity", _KEY),
        Column("document_id", _KEY),
        Column("what", _KEY, nullable=False),
        Column("purpose", String, nullable=False),
        Column("client", String),
        Column("officer", String),
    )
    op.create_index("store_document_accesses_by_owner", "store_document_accesses", ["identity", "at"])
    op.create_index("store_document_accesses_by_document", "store_document_accesses", ["document_id", "at"])


def _make_notices() -> None:
    op.create_table(
        "store_document_notices",
        Column("event_id", _KEY, primary_key=True),
        Column("type", _KEY, nullable=False),
        Column("document_id", _KEY, nullable=False),
        Column("identity", _KEY),
        Column("dossier", _KEY),
        Column("told_at", _KEY, nullable=False),
        Column("data", Text, nullable=False),
    )
    op.create_index("store_document_notices_by_document", "store_document_notices", ["document_id", "told_at"])
    op.create_index("store_document_notices_by_dossier", "store_document_notices", ["dossier", "told_at"])


_TABLES = {
    "store_documents": _make_documents,
    "store_document_versions": _make_versions,
    "store_document_verdicts": _make_verdicts,
    "store_document_reuses": _make_reuses,
    "store_document_disputes": _make_disputes,
    "store_document_matches": _make_matches,
    "store_document_accesses": _make_accesses,
    "store_document_notices": _make_notices,
}
