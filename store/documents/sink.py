"""The sink of the store of documents (kho giấy tờ): writes the entries of events, and tells what follows of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import NoResultFound

from lienthong import Dead, Done, Envelope, Outcome, Record, Seals, Site, Transaction
from lienthong.adapters.sql import translate_errors
from store.documents import certificate_proof, notices, proof
from store.documents.entries import WRITES, write
from store.documents.sealing import Entry, seals_of


class DocumentStore:
    """Writes the entry of each event (`transforms.document_entries`), once however often it is delivered.

    What others have to hear is handed back as records, the first time an entry is delivered: the agency of a dispute,
    the citizen of a resolution and of a verdict that changed, everyone who reused what was corrected.
    """

    def __init__(self, site: Site) -> None:
        """The sink keeps no state: `deliver` is given its connection. `verify` reads the database of the site."""
        self._site = site

    def verify(self, seals: Seals) -> Iterable[str]:
        """Every row of a document that is not what was delivered, by the seals of the ledger."""
        yield from proof.differences(self._site.database, self._site.clock, seals, proof.SEALED)
        yield from certificate_proof.differences(self._site.database)

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        """Store a bundle through `transaction.connection`. Raises `Transient` when the database does not answer."""
        with translate_errors("kho giấy tờ không trả lời"):
            written: list[tuple[Entry, Entry]] = []
            outcomes = [_deliver(envelope, transaction.connection, written) for envelope in envelopes]
            seals = seals_of(transaction.connection, written)
            return [
                replace(outcome, seal=seals.get(envelope.id, "")) if isinstance(outcome, Done) else outcome
                for envelope, outcome in zip(envelopes, outcomes, strict=True)
            ]


def _deliver(envelope: Envelope, connection: Connection, written: list[tuple[Entry, Entry]]) -> Outcome:
    entry = envelope.data_dict().get("entry")
    if not isinstance(entry, Mapping) or entry.get("do") not in WRITES:
        return Dead(f"kho giấy tờ không nhận loại sự kiện {envelope.type!r}", field="entry")
    try:
        became = write(connection, entry)
        tell = _NOTICES.get(entry["do"])
        follow_ups = [*tell(connection, entry, became)] if tell else ()
        written.append((entry, became))
        return Done(envelope, follow_ups=follow_ups)
    except KeyError as missing:
        return Dead("sự kiện thiếu trường mà kho giấy tờ cần", field=f"entry.{missing.args[0]}")
    except NoResultFound:
        return Dead("sự kiện nói về một phản ánh mà kho giấy tờ không có", field="entry.dispute_id")


_Notices = Callable[[Connection, Mapping[str, Any], Mapping[str, Any]], Iterable[Record]]

_NOTICES: Mapping[str, _Notices] = {
    "add": notices.of_addition,
    "judge": notices.of_verdict,
    "reclassify": notices.of_reclassification,
    "reuse": notices.of_reuse,
    "dispute": notices.of_dispute,
    "resolve": notices.of_resolution,
    "convert": notices.of_conversion,
}
"""By the kind of an entry, what others hear of it."""
