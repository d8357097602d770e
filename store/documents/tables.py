"""The tables of the store of documents (kho giấy tờ); see `store.tables`.

What a document is now is not written anywhere: it follows from its versions, their newest verdicts and its disputes.
`delivered` is 1 once the sink has the event that made the row, and 0 from the answer to the caller until then.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from store.metadata import Key, metadata


def written_columns() -> tuple[Column[Any], ...]:
    """Which event wrote the row last, its moment, and the number of writes; see `store.documents.sealing`.

    Null and 0 in rows from before there were seals.
    """
    writes = Column("writes", Integer, nullable=False, server_default="0")
    return Column("written_by", Key), Column("written_at", Key), writes


documents = Table(
    "store_documents",
    metadata,
    Column("document_id", Key, primary_key=True),
    Column("identity", Key, nullable=False),
    Column("document_type", Key, nullable=False),
    Column("result_code", Key),
    Column("kind", Key, nullable=False),
    Column("agency", Key),
    Column("dossier", Key),
    Column("origin", Key, nullable=False),
    Column("added_at", Key, nullable=False),
    Column("event_id", Key, nullable=False),
    Column("paper", Key),
    *written_columns(),
    Index("store_documents_by_owner", "identity", "added_at", "document_id"),
    Index("store_documents_by_dossier", "dossier"),
)
"""A document of a citizen. `kind`: result, certified_copy or citizen_supplied. `agency` issued it.

`origin`: uploaded, dossier-result or national-store. The owner is the citizen with the number `identity`. `paper` tells
results of one code in one dossier apart; empty for the only one, null for what no dossier lists."""

versions = Table(
    "store_document_versions",
    metadata,
    Column("document_id", Key, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("identity", Key, nullable=False),
    Column("digest", Key, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("media_type", String, nullable=False),
    Column("number", String),
    Column("issued_on", Key),
    Column("valid_until", Key),
    Column("reason", Key, nullable=False),
    Column("indication", Key, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("judged_at", Key, nullable=False),
    Column("recheck_after", Key),
    Column("client", String),
    Column("officer", String),
    Column("added_at", Key, nullable=False),
    Column("event_id", Key, nullable=False),
    Column("delivered", Integer, nullable=False),
    *written_columns(),
    Index("store_document_versions_by_digest", "identity", "digest", unique=True),
    Index("store_document_versions_by_recheck", "recheck_after"),
    Index("store_document_versions_by_body", "digest"),
)
"""The versions of documents, from 1. A citizen has a body once. `number` is the number on it (số, ký hiệu).

`reason`: first, replaced (a wrong upload) or corrected (by the agency). `accepted` is 1 when the newest verdict lets it
be offered; `indication` and `recheck_after` are of that verdict, the latter null when it need not be judged again."""

verdicts = Table(
    "store_document_verdicts",
    metadata,
    Column("document_id", Key, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("event_id", Key, primary_key=True),
    Column("judged_at", Key, nullable=False),
    Column("indication", Key, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("verdict", Text, nullable=False),
    *written_columns(),
)
"""Every verdict on every version, as JSON. Rows are added and never changed."""

certificates = Table(
    "store_document_certificates",
    metadata,
    Column("serial", Key, primary_key=True),
    Column("document_id", Key, primary_key=True),
    Column("version", Integer, primary_key=True),
)
"""The certificates that verdicts on a version stand on, by serial number (hexadecimal). When a list of revoked
certificates arrives, it names the versions to be judged again."""

reuses = Table(
    "store_document_reuses",
    metadata,
    Column("document_id", Key, primary_key=True),
    Column("dossier", Key, primary_key=True),
    Column("component", Key, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("reused_at", Key, nullable=False),
    Column("client", String),
    Column("officer", String),
    Column("event_id", Key, nullable=False),
    Column("delivered", Integer, nullable=False),
    *written_columns(),
    Index("store_document_reuses_by_dossier", "dossier", "component"),
    Index("store_document_reuses_by_moment", "reused_at"),
)
"""Which version of a document stands for a component of a dossier."""

findings = Table(
    "store_national_findings",
    metadata,
    Column("client", Key, primary_key=True),
    Column("identity", Key, primary_key=True),
    Column("agency", Key, primary_key=True),
    Column("path", Key, primary_key=True),
    Column("result_code", Key, primary_key=True),
    Column("found_at", Key, nullable=False),
    Column("event_id", Key, nullable=False),
    *written_columns(),
    Index("store_national_findings_by_owner", "identity"),
)
"""Which files of a citizen the national store has listed to a client, and when last: no other file is fetched."""

disputes = Table(
    "store_document_disputes",
    metadata,
    Column("dispute_id", Key, primary_key=True),
    Column("document_id", Key, nullable=False),
    Column("version", Integer, nullable=False),
    Column("identity", Key, nullable=False),
    Column("agency", Key),
    Column("statement", Text, nullable=False),
    Column("raised_in", Key, nullable=False),
    Column("dossier", Key),
    Column("opened_at", Key, nullable=False),
    Column("due_on", Key, nullable=False),
    Column("state", Key, nullable=False),
    Column("resolved_at", Key),
    Column("explanation", Text),
    Column("new_version", Integer),
    Column("client", String),
    Column("event_id", Key, nullable=False),
    Column("delivered", Integer, nullable=False),
    Column("resolution_event", Key),
    Column("resolution_delivered", Integer, nullable=False),
    *written_columns(),
    Index("store_document_disputes_by_document", "document_id", "state"),
    Index("store_document_disputes_by_owner", "identity", "state"),
    Index("store_document_disputes_by_deadline", "state", "due_on"),
    Index("store_document_disputes_by_agency", "agency", "state"),
)
"""What citizens say is wrong in a version. `state`: open, corrected (`new_version` replaces it) or upheld."""

matches = Table(
    "store_document_matches",
    metadata,
    Column("event_id", Key, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("matched_at", Key, nullable=False),
    Column("identity", Key, nullable=False),
    Column("procedure", Key, nullable=False),
    Column("dossier", Key),
    Column("component", Key, nullable=False),
    Column("outcome", Key, nullable=False),
    Column("document_id", Key),
    Column("fitting", Integer, nullable=False),
    Column("client", String),
    *written_columns(),
    Index("store_document_matches_by_moment", "matched_at"),
    Index("store_document_matches_by_owner", "identity", "component"),
)
"""What each component that was asked about got: attach, choose or digitise. `document_id` is the best that fits."""

accesses = Table(
    "store_document_accesses",
    metadata,
    Column("event_id", Key, primary_key=True),
    Column("at", Key, nullable=False),
    Column("identity", Key),
    Column("document_id", Key),
    Column("what", Key, nullable=False),
    Column("purpose", String, nullable=False),
    Column("client", String),
    Column("officer", String),
    *written_columns(),
    Index("store_document_accesses_by_owner", "identity", "at"),
    Index("store_document_accesses_by_document", "document_id", "at"),
)
"""Who read a citizen's list or a document, and why. `what`: list, match, record, body, paper or national-store."""

notices = Table(
    "store_document_notices",
    metadata,
    Column("event_id", Key, primary_key=True),
    Column("type", Key, nullable=False),
    Column("document_id", Key, nullable=False),
    Column("identity", Key),
    Column("dossier", Key),
    Column("told_at", Key, nullable=False),
    Column("data", Text, nullable=False),
    *written_columns(),
    Index("store_document_notices_by_document", "document_id", "told_at"),
    Index("store_document_notices_by_dossier", "dossier", "told_at"),
)
"""What was announced of documents: to the agency, to the citizen `identity`, or to who handles the dossier."""

conversions = Table(
    "store_document_conversions",
    metadata,
    Column("number", Key, primary_key=True),
    Column("document_id", Key, nullable=False),
    Column("version", Integer, nullable=False),
    Column("identity", Key, nullable=False),
    Column("digest", Key, nullable=False),
    Column("sheets", Key, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("converted_at", Key, nullable=False),
    Column("agency", Key, nullable=False),
    Column("agency_name", String, nullable=False),
    Column("purpose", String, nullable=False),
    Column("client", String),
    Column("officer", String),
    Column("event_id", Key, nullable=False),
    Column("delivered", Integer, nullable=False),
    *written_columns(),
    Index("store_document_conversions_by_document", "document_id", "converted_at"),
    Index("store_document_conversions_by_owner", "identity", "converted_at"),
    Index("store_document_conversions_by_body", "sheets"),
)
"""Conversions to paper. `digest` is the body of the version that was converted, `sheets` that of the PDF to print."""
