"""The sink of what is announced of documents: what, to which citizen or dossier, and when."""

from collections.abc import Sequence

from sqlalchemy import Connection

from lienthong import Dead, Done, Envelope, Outcome, Site, Transaction
from lienthong.adapters.sql import translate_errors
from store.documents.additions import insert_new
from store.documents.tables import notices
from store.instants import format_instant


class DocumentNotices:
    """Keeps each announcement once (`schemas.canonical.document_events_v1`)."""

    def __init__(self, site: Site) -> None:
        """The sink keeps no state: `deliver` is given its connection."""

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        """Store a bundle through `transaction.connection`. Raises `Transient` when the database does not answer."""
        with translate_errors("kho giấy tờ không trả lời"):
            return [_keep(transaction.connection, envelope) for envelope in envelopes]


def _keep(connection: Connection, envelope: Envelope) -> Outcome:
    data = envelope.data_dict()
    if not isinstance(data.get("document_id"), str):
        return Dead("thông báo không nói về giấy tờ nào", field="document_id")
    row = {
        "event_id": envelope.id,
        "type": envelope.type,
        "document_id": data["document_id"],
        "identity": data.get("citizen_id"),
        "dossier": data.get("dossier"),
        "told_at": format_instant(envelope.time),
        "data": envelope.data_json().decode(),
    }
    insert_new(connection, notices, row)
    return Done(envelope)
