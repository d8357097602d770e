"""The sink of what is announced of documents: what, to which citizen or dossier, and when."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from lienthong import Dead, Done, Envelope, Outcome, Seals, Site, Transaction
from lienthong.adapters.sql import translate_errors
from store.documents import proof
from store.documents.additions import insert_new
from store.documents.sealing import notice_seals, stamp
from store.documents.tables import notices
from store.instants import format_instant


class DocumentNotices:
    """Keeps each announcement once (`schemas.canonical.document_events_v1`)."""

    def __init__(self, site: Site) -> None:
        """The sink keeps no state: `deliver` is given its connection. `verify` reads the database of the site."""
        self._site = site

    def verify(self, seals: Seals) -> Iterable[str]:
        """Every announcement that is not what was delivered, by the seals of the ledger."""
        return proof.differences(self._site.database, self._site.clock, seals, (notices,))

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        """Store a bundle through `transaction.connection`. Raises `Transient` when the database does not answer."""
        with translate_errors("kho giấy tờ không trả lời"):
            outcomes = [_keep(transaction.connection, envelope) for envelope in envelopes]
            seals = notice_seals(transaction.connection, envelopes)
            return [
                replace(outcome, seal=seals[envelope.id]) if isinstance(outcome, Done) else outcome
                for envelope, outcome in zip(envelopes, outcomes, strict=True)
            ]


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
        **stamp({"event_id": envelope.id, "at": envelope.time}),
    }
    insert_new(connection, notices, row)
    return Done(envelope)
