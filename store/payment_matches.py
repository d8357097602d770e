"""The matching of payments: handed back as `payment.v1` once their dossier is known, and whenever that changes.

What is handed back is noted in the transaction of the payment or of the dossier, whichever comes last.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Connection, Select, bindparam, func, literal, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from lienthong import Record, Site, SourceName
from lienthong.adapters.sql import Database, format_keys, translate_errors, with_any_key
from schemas.canonical import dossier_v1, payment_v1, submission_v1
from store import tables
from store.dossier_facts import find_dossiers
from store.happenings import Stored
from store.instants import format_instant
from transforms.payment_matches import candidates, compact_code, is_news, judge

TYPES = frozenset({payment_v1.TYPE, dossier_v1.TYPE, submission_v1.TYPE})
"""The types of events after which a payment may be matched."""

_LOCK = 7_160_111
"""The number of the lock: payments are alone with it, dossiers share it."""
_BATCH = 200

_NO_DOSSIER = "!"
"""What stands before the transaction in place of a code, so that a payment that names no dossier stands alone."""

_FACTS = ("procedure", "agency", "agency_name")

Rows = Sequence[Mapping[str, Any]]


class PaymentMatches:
    """Finds what is new of the payments of a bundle, and of those that its dossiers were paid with.

    `sources`: of the dossiers; the first that states one decides. A payment that came more than `tell_within` ago is
    matched without being handed back.
    """

    def __init__(self, site: Site, *, sources: Sequence[SourceName], tell_within: timedelta) -> None:
        self._clock = site.clock
        self._sources = sources
        self._tell_within = tell_within

    def lock(self, connection: Connection, types: Collection[str]) -> None:
        """Wait until no transaction is open that this one would have to see.

        A payment and its dossier that come at the same moment would else each miss the other. It is asked for before
        any row is locked, so no two transactions wait for each other. SQLite has one writer at a time anyway.
        """
        if connection.dialect.name == "postgresql" and not TYPES.isdisjoint(types):
            shared = "" if payment_v1.TYPE in types else "_shared"
            connection.execute(text(f"SELECT pg_advisory_xact_lock{shared}({_LOCK})"))

    def follow(self, connection: Connection, stored: Sequence[Stored]) -> Mapping[int, Sequence[Record]]:
        """Note what the payments are for, and return what is to be handed back, by the place of the event."""
        delivered = {one.key: one.place for one in stored if one.envelope.type == payment_v1.TYPE}
        causes = _note_payments(connection, delivered) if delivered else {}
        dossiers = [one for one in stored if one.envelope.type != payment_v1.TYPE]
        compacts = [compact_code(one.key) for one in dossiers]
        for compact, one in zip(compacts, dossiers, strict=True):
            causes.setdefault(compact, one.place)
        known = _find_payments(connection, causes)
        if not known:  # nearly always: a dossier without a payment
            return {}
        codes: dict[str, set[str]] = defaultdict(set)
        for compact, one in zip(compacts, dossiers, strict=True):
            codes[compact].add(one.key)
        handed_back: dict[int, list[Record]] = defaultdict(list)
        since = format_instant(self._clock.now() - self._tell_within)
        changed = list(_changes(connection, known, codes, self._sources))
        for compact, data in changed:
            if format_instant(data["received_at"]) >= since:
                cause = delivered.get(data["transaction"], causes[compact])
                handed_back[cause].append(Record(payment_v1.TYPE, data["transaction"], data))
        _write(connection, [data for _, data in changed])
        return handed_back


def differences(database: Database, sources: Sequence[SourceName]) -> Iterator[str]:
    """A sentence for every payment that was handed back as something else than the data store shows of it."""
    rows = tables.payment_matches.c
    query = select(rows.compact).where(rows.announced.is_not(None)).distinct().order_by(rows.compact)
    with translate_errors("kho dữ liệu không trả lời khi kiểm chứng"), database.connect() as connection:
        result = connection.execute(query, execution_options={"yield_per": _BATCH})
        for compacts in result.scalars().partitions(_BATCH):
            with database.connect() as reader:
                wrong = list(_changes(reader, _find_payments(reader, compacts), {}, sources))
            # What was stored between two of the queries is no difference: only what still differs is one.
            again = {compact for compact, _ in wrong}
            if again:
                with database.connect() as reader:
                    wrong = list(_changes(reader, _find_payments(reader, again), {}, sources))
            for _, data in wrong:
                yield f"kho dữ liệu, thanh toán {data['transaction']}: khác với điều đã thông báo về hồ sơ của nó"


def _note_payments(connection: Connection, payments: Mapping[str, int]) -> dict[str, int]:
    """Note the codes that payments name, given with their places. Returns by code, before and now, that of a cause."""
    dialect = connection.dialect.name
    matches, rows = tables.payment_matches, tables.payments.c
    keys = {"keys": format_keys(dialect, sorted(payments))}
    known = select(matches.c.transaction_id, matches.c.compact)
    noted = list(connection.execute(with_any_key(dialect, known, matches.c.transaction_id, "keys"), keys))
    code = func.replace(func.replace(func.upper(rows.dossier), literal("."), literal("")), literal("-"), literal(""))
    alone = literal(_NO_DOSSIER).concat(rows.transaction_id)
    named = select(rows.transaction_id, func.coalesce(code, alone).label("compact"))
    found = list(connection.execute(with_any_key(dialect, named, rows.transaction_id, "keys"), keys))
    if found:
        make: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
        statement = make(matches)
        of = {"transaction_id": statement.excluded.transaction_id}
        statement = statement.on_conflict_do_update(index_elements=[*of], set_={"compact": statement.excluded.compact})
        connection.execute(statement, [{"transaction_id": row[0], "compact": row[1]} for row in found])
    return {row[1]: payments[row[0]] for row in [*noted, *found]}


def _find_payments(connection: Connection, compacts: Iterable[str]) -> dict[str, list[Mapping[str, Any]]]:
    """By compact code, its payments as they were notified last, each with what was `announced` of it."""
    dialect = connection.dialect.name
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in connection.execute(_payments(dialect), {"keys": format_keys(dialect, sorted(compacts))}):
        found[row.compact].append(row._asdict())
    return found


@cache
def _payments(dialect: str) -> Select[Any]:
    """Built once: it runs for every bundle of dossiers."""
    matches, payments = tables.payment_matches.c, tables.payments
    query = select(payments, matches.compact, matches.dossier.label("matched"), matches.announced).select_from(
        tables.payment_matches.join(payments, payments.c.transaction_id == matches.transaction_id)
    )
    return with_any_key(dialect, query, matches.compact, "keys")


def _changes(
    connection: Connection,
    known: Mapping[str, Rows],
    codes: Mapping[str, set[str]],
    sources: Sequence[SourceName],
) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is not announced yet, with its compact code. `codes`: by compact code, codes that are known to exist."""
    payments = {compact: [_payment(row) for row in rows] for compact, rows in known.items()}
    possible = {compact: {code for one in of for code in candidates(one)} for compact, of in payments.items()}
    for compact, rows in known.items():
        possible[compact] |= codes.get(compact, set()) | {row["matched"] for row in rows if row["matched"]}
    every = sorted({code for of in possible.values() for code in of})
    found = find_dossiers(connection, every, sources)
    for compact, of in payments.items():
        announced = {row["transaction_id"]: row["announced"] for row in known[compact]}
        dossiers = {code: _match(found[code]) for code in sorted(possible[compact]) if code in found}
        for data in judge(of, dossiers):
            text = announced[data["transaction"]]
            if is_news(data, orjson.loads(text) if text else None):
                yield compact, data


def _match(facts: Mapping[str, Any]) -> dict[str, Any]:
    shown = [*(one for one in facts["versions"] if one["newest"]), *reversed(facts["submissions"])]
    first = shown[0] if shown else {}
    return {**{name: first.get(name) for name in _FACTS}, "fee": facts["fee"]}


def _payment(row: Mapping[str, Any]) -> dict[str, Any]:
    same = ("reference", "dossier", "amount", "currency", "error", "bank", "paid_at")
    return {
        "transaction": row["transaction_id"],
        **{name: row[name] for name in same},
        "paid": bool(row["paid"]),
        "received_at": row["observed_at"],
        "quality": row["quality"].split(),
    }


def _write(connection: Connection, announced: Sequence[Mapping[str, Any]]) -> None:
    matches = tables.payment_matches
    statement = (
        update(matches)
        .where(matches.c.transaction_id == bindparam("of"))
        .values(dossier=bindparam("to"), announced=bindparam("json"))
    )
    rows = [
        {
            "of": data["transaction"],
            "to": data["dossier"] if data["matched"] else None,
            "json": orjson.dumps(data).decode(),
        }
        for data in announced
    ]
    if rows:
        connection.execute(statement, rows)
