"""The sink of sign-ins: it keeps which old number (CMND) belongs to a citizen, and nothing else of them."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from lienthong import Done, Envelope, Outcome, Seals, Site, Transaction
from lienthong.adapters.sql import translate_errors
from store.instants import format_instant
from store.proof import changed_rows
from store.sign_in_table import sign_in_numbers
from store.version_rows import TableRow, seal_of
from transforms.sign_ins import numbers_of


class SignInNumbers:
    """Keeps the numbers of sign-ins that state both, if the level suffices; see `transforms.sign_ins.numbers_of`."""

    def __init__(self, site: Site) -> None:
        self._database = site.database

    def verify(self, seals: Seals) -> Iterable[str]:
        """Every row that is not what was delivered, by the seals of the ledger."""
        yield from changed_rows(self._database, seals, sign_in_numbers)

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        """Write through `transaction.connection`; the latest sign-in counts. Raises `Transient`."""
        with translate_errors("kho dữ liệu không trả lời"):
            return [_deliver(each, transaction.connection) for each in envelopes]


def _deliver(envelope: Envelope, connection: Any) -> Outcome:
    numbers = numbers_of(envelope.data_dict())
    if numbers is None:
        return Done(envelope)
    row: TableRow = {
        "identity": numbers[0],
        "old_identity": numbers[1],
        "observed_at": format_instant(envelope.time),
        "event_id": envelope.id,
    }
    insert = (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(sign_in_numbers)
    old, new = sign_in_numbers.c, insert.excluded
    changed = {name: new[name] for name in ("old_identity", "observed_at", "event_id")}
    later = insert.values(**row).on_conflict_do_update(
        index_elements=["identity"], set_=changed, where=new.observed_at > old.observed_at
    )
    connection.execute(later)
    return Done(envelope, seal=seal_of(row))
