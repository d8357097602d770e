"""The sink of the data store (kho dữ liệu): the newest version of each record, and the history of every dossier."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import Table

from lienthong import Dead, Done, Envelope, Kept, Outcome, Record, Seals, Site, SourceName, Transaction
from lienthong.adapters.sql import translate_errors, upsert_rows
from schemas.canonical import dossier_v1
from store import happening_proof, payment_matches, proof, tables, withdrawing
from store.following import Followed, Following
from store.happenings import Happenings
from store.instants import format_instant
from store.newest import IGATE, PORTAL, UPSERTS, newest_version
from store.payment_matches import PaymentMatches
from store.synchronisation.touching import Touches
from store.version_rows import ROWS, TableRow, seal_of
from transforms.synchronisation import Synchronisation

_UNAVAILABLE = "kho dữ liệu không trả lời"

TELL_WITHIN = timedelta(days=90)
"""The first reading of a source may bring years of history, of which nothing is news."""


class DataStore:
    """Stores canonical events. The newest version wins in any order of arrival; an event delivered twice counts once.

    An event of another type, or one that lacks a value its row needs, is dead; the others of its bundle are stored.
    """

    def __init__(
        self,
        site: Site,
        *,
        happenings: bool = False,
        tell_within: timedelta = TELL_WITHIN,
        portal: SourceName = PORTAL,
        match_payments: bool = False,
        sources: Sequence[SourceName] = (IGATE, PORTAL),
        synchronisation: Synchronisation | None = None,
    ) -> None:
        """The sink keeps no state: `deliver` is given its connection. `verify` reads the database of the site.

        `happenings`: hand back what happened to dossiers (`dossier.happened.v1`), unless it was longer ago than
        `tell_within`. `portal`: the source of the national portal's dossiers.

        `match_payments`: hand back what each payment is for (`payment.v1`), a dossier of `sources` or one filed online.
        The first source that has it states its fees.

        `synchronisation`: note for the sink of that name which dossiers may have a version too few.
        """
        self._database = site.database
        self._portal = portal
        versions = newest_version(tables.dossier_versions, seldom_known=True)
        self._upserts = {**UPSERTS, dossier_v1.TYPE: (newest_version(tables.dossiers, portal=portal), versions)}
        self._sources = sources
        self._following = Following(
            Happenings(site, portal=portal, tell_within=tell_within) if happenings else None,
            Touches(synchronisation, site.clock) if synchronisation is not None else None,
            PaymentMatches(site, sources=sources, tell_within=tell_within) if match_payments else None,
        )

    def verify(self, seals: Seals) -> Iterable[str]:
        """Every row of the data store that is not what was delivered, by the seals of the ledger."""
        yield from proof.differences(self._database, seals)
        if self._following.happenings is not None:
            yield from happening_proof.differences(self._database, self._portal)
        if self._following.payments is not None:
            yield from payment_matches.differences(self._database, self._sources)

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        """Store a bundle through `transaction.connection`, all rows of a table at once.

        Raises `Transient` when the database does not answer.
        """
        outcomes, followed = self._store(envelopes, transaction)
        with translate_errors(_UNAVAILABLE):
            for place, records in followed.finish(transaction.connection):
                outcomes[place] = _with(outcomes[place], records)
        return outcomes

    def withdraw(self, events: Sequence[Kept], transaction: Transaction) -> None:
        """Remove what the events made and do not make any more; see `KeepsState`."""
        with translate_errors(_UNAVAILABLE):
            withdrawing.withdraw(transaction.connection, events, row_of=_row_of, upserts=self._upserts)
            if self._following.happenings is not None:
                dossiers = withdrawing.dossiers_of(events, self._portal)
                self._following.happenings.settle(transaction.connection, dossiers)

    def restate(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        """Store a bundle of the history; see `KeepsState`. What is noted of happenings and payments is put right."""
        outcomes, followed = self._store(envelopes, transaction)
        with translate_errors(_UNAVAILABLE):
            followed.settle(transaction.connection)
        return outcomes

    def _store(self, envelopes: Sequence[Envelope], transaction: Transaction) -> tuple[list[Outcome], Followed]:
        """The rows of a bundle. Returns the outcomes, and what may follow from them."""
        outcomes: list[Outcome] = []
        rows: dict[str, list[TableRow]] = {}
        followed = self._following.begin()
        for place, envelope in enumerate(envelopes):
            data = envelope.data_dict()
            outcome, row = _row_of(envelope, data)
            outcomes.append(outcome)
            if row is not None:
                rows.setdefault(envelope.type, []).append(row)
                followed.add(place, envelope, data)
        with translate_errors(_UNAVAILABLE):
            followed.lock(transaction.connection, rows)
            for event_type, typed_rows in rows.items():
                names, upserts = tuple(typed_rows[0]), self._upserts[event_type]
                for layer in _layers(typed_rows, upserts[0].table):
                    values = [tuple(row.values()) for row in layer]
                    upsert_rows(transaction.connection, names=names, rows=values, upserts=upserts)
        return outcomes, followed


def _with(outcome: Outcome, records: Sequence[Record]) -> Outcome:
    return replace(outcome, follow_ups=[*outcome.follow_ups, *records]) if isinstance(outcome, Done) else outcome


def _layers(rows: Sequence[TableRow], table: Table) -> Iterable[Sequence[TableRow]]:
    """The rows in parts none of which has two versions of one row, so that each is compared with the one before."""
    key_of = itemgetter(*(column.name for column in table.primary_key))
    keys = list(map(key_of, rows))
    if len(set(keys)) == len(keys):  # the usual case
        return [rows]
    layers: list[list[TableRow]] = []
    counts: Counter[Any] = Counter()
    for key, row in zip(keys, rows, strict=True):
        if counts[key] == len(layers):
            layers.append([])
        layers[counts[key]].append(row)
        counts[key] += 1
    return layers


def _row_of(envelope: Envelope, data: Mapping[str, Any]) -> tuple[Outcome, TableRow | None]:
    make_row = ROWS.get(envelope.type)
    if make_row is None:
        return Dead(f"kho dữ liệu không nhận loại sự kiện {envelope.type!r}", field="type"), None
    try:
        row = make_row(envelope, data)
        return Done(envelope, seal=seal_of(row, envelope.data_json())), row
    except KeyError as missing:
        return Dead("sự kiện thiếu trường mà kho dữ liệu cần", field=str(missing.args[0])), None
    except OverflowError:
        return Dead("sự kiện có thời điểm nằm ngoài lịch nên không lưu được", field=_beyond_calendar(data)), None
    except (ValueError, TypeError):
        return Dead("sự kiện có thời điểm không đọc được nên không lưu vào kho dữ liệu được"), None


def _beyond_calendar(data: Mapping[str, Any]) -> str | None:
    """The first field with a moment of year 1 or 9999 whose offset leads out of the calendar."""
    for name, value in data.items():
        try:
            format_instant(value)
        except OverflowError:
            return name
        except (ValueError, TypeError, AttributeError):
            continue
    return None
