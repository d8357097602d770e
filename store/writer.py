"""The sink of the data store (kho dữ liệu): the newest version of each record, and the history of every dossier."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import Table, Tuple, and_, case, func, literal_column, or_, tuple_

from lienthong import Dead, Done, Envelope, Outcome, Record, Seals, Site, SourceName, Transaction
from lienthong.adapters.sql import Upsert, is_return, translate_errors, upsert_rows
from schemas.canonical import (
    civil_servant_v1,
    dossier_v1,
    identity_account_v1,
    organisation_unit_v1,
    payment_v1,
    petition_v1,
    portal_account_v1,
    procedure_v1,
    question_v1,
    submission_v1,
)
from schemas.requests import counter_checks, question_answers
from store import happening_proof, payment_matches, proof, tables
from store.following import Following
from store.happenings import Happenings
from store.instants import format_instant
from store.payment_matches import PaymentMatches
from store.synchronisation.touching import Touches
from store.version_rows import ROWS, TableRow, seal_of
from transforms.moments import IN_FUTURE
from transforms.synchronisation import Synchronisation

IGATE, PORTAL = SourceName("igate"), SourceName("dvcqg")

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
        self._upserts = {**_UPSERTS, dossier_v1.TYPE: (newest_version(tables.dossiers, portal=portal), versions)}
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
        with translate_errors("kho dữ liệu không trả lời"):
            followed.lock(transaction.connection, rows)
            for event_type, typed_rows in rows.items():
                names, upserts = tuple(typed_rows[0]), self._upserts[event_type]
                for layer in _layers(typed_rows, upserts[0].table):
                    values = [tuple(row.values()) for row in layer]
                    upsert_rows(transaction.connection, names=names, rows=values, upserts=upserts)
            for place, records in followed.finish(transaction.connection):
                outcomes[place] = _with(outcomes[place], records)
        return outcomes


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


def newest_version(table: Table, *, portal: str = PORTAL, seldom_known: bool = False) -> Upsert:
    """An upsert that replaces a row when the new one is at least as new and differs.

    - A dossier of the national portal bears no date of change: what was shown last is the newest.
    - Another dossier is as new as its date of change, and of the same date what was shown last: a system that shows an
      older version again shows nothing new.
    - Of another record, a version that returns to an earlier content has the dates of that content: it and its
      neighbours are ordered by the moment at which they were seen. So is what follows a version with a date of the
      future, whose true date is unknown: the correction may be dated before the moment at which the wrong one was seen.

    "At least", because an event that is replayed after its reference data was corrected keeps its id and must be stored
    again. The history is not ordered: there a known version is replaced whenever its JSON differs.
    """
    keys = [column.name for column in table.primary_key]
    order = tables.VERSION_ORDER.get(table.name, ())

    def merge(insert: Any) -> Any:
        old, new = table.columns, insert.excluded
        values = {column.name: new[column.name] for column in table.columns if column.name not in keys}
        conditions = [_tuple(new, values).is_distinct_from(_tuple(old, values))]
        if order:
            as_seen = [name for name in order if name in ("observed_at", "event_id")]
            by_sight = (
                old.source == literal_column(f"'{portal}'") if table is tables.dossiers else _is_undated(old, new)
            )
            is_newer = _tuple(new, order) >= _tuple(old, order)
            conditions.append(case((by_sight, _tuple(new, as_seen) >= _tuple(old, as_seen)), else_=is_newer))
        return insert.on_conflict_do_update(index_elements=keys, set_=values, where=and_(*conditions))

    return Upsert(table, merge, order, seldom_known=seldom_known)


def _is_undated(old: Any, new: Any) -> Any:
    """Whether the date of one of the two versions does not order them.

    Literals: a statement of a bundle takes no other parameters than the columns of its rows.
    """
    returns = or_(is_return(old.event_id), is_return(new.event_id))
    if "quality" not in old:
        return returns
    without = func.replace(old.quality, literal_column(f"'{IN_FUTURE}'"), literal_column("''"))
    return or_(returns, without != old.quality)


def _tuple(columns: Any, names: Iterable[str]) -> Tuple:
    return tuple_(*(columns[name] for name in names))


_UPSERTS: Mapping[str, Sequence[Upsert]] = {
    civil_servant_v1.TYPE: (newest_version(tables.service_periods),),
    identity_account_v1.TYPE: (newest_version(tables.accounts),),
    procedure_v1.TYPE: (newest_version(tables.procedures),),
    organisation_unit_v1.TYPE: (newest_version(tables.units),),
    portal_account_v1.TYPE: (newest_version(tables.portal_accounts),),
    counter_checks.TYPE: (newest_version(tables.counter_checks),),
    counter_checks.ACKNOWLEDGEMENT_TYPE: (newest_version(tables.acknowledgements),),
    submission_v1.TYPE: (newest_version(tables.submissions, seldom_known=True),),
    payment_v1.TYPE: (newest_version(tables.payments),),
    question_v1.TYPE: (newest_version(tables.questions),),
    question_answers.TYPE: (newest_version(tables.question_answers),),
    petition_v1.TYPE: (newest_version(tables.petitions),),
}
"""By event type, the tables that take its rows. Each takes the columns it has."""
