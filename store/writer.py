"""The sink of the data store (kho dữ liệu): the newest version of each record, and the history of every dossier."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, Tuple, and_, case, or_, tuple_

from lienthong import Dead, Done, Envelope, Outcome, Site, Transaction
from lienthong.adapters.sql import Upsert, is_return, translate_errors, upsert_rows
from schemas.canonical import civil_servant_v1, dossier_v1, identity_account_v1
from store import tables
from store.instants import format_instant

TableRow = Mapping[str, Any]
"""Values by column, in the order of the table's columns."""


class DataStore:
    """Stores canonical events. The newest version wins in any order of arrival; an event delivered twice counts once.

    An event of another type, or one that lacks a value its row needs, is dead; the others of its bundle are stored.
    """

    def __init__(self, _site: Site) -> None:
        """The sink keeps no state: `deliver` is given its connection."""

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        """Store a bundle through `transaction.connection`, all rows of a table at once.

        Raises `Transient` when the database does not answer.
        """
        outcomes: list[Outcome] = []
        rows: dict[str, list[TableRow]] = {}
        for envelope in envelopes:
            outcome, row = _row_of(envelope)
            outcomes.append(outcome)
            if row is not None:
                rows.setdefault(envelope.type, []).append(row)
        with translate_errors("kho dữ liệu không trả lời"):
            for event_type, typed_rows in rows.items():
                names, upserts = tuple(typed_rows[0]), _UPSERTS[event_type]
                for layer in _layers(typed_rows, upserts[0].table):
                    values = [tuple(row.values()) for row in layer]
                    upsert_rows(transaction.connection, names=names, rows=values, upserts=upserts)
        return outcomes


def _layers(rows: Sequence[TableRow], table: Table) -> Iterable[Sequence[TableRow]]:
    """The rows in parts none of which has two versions of one row, so that each is compared with the one before."""
    keys = [column.name for column in table.primary_key]
    layers: list[list[TableRow]] = []
    counts: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        key = tuple(row[name] for name in keys)
        if counts[key] == len(layers):
            layers.append([])
        layers[counts[key]].append(row)
        counts[key] += 1
    return layers


def _row_of(envelope: Envelope) -> tuple[Outcome, TableRow | None]:
    make_row = _ROWS.get(envelope.type)
    if make_row is None:
        return Dead(f"kho dữ liệu không nhận loại sự kiện {envelope.type!r}", field="type"), None
    data = envelope.data_dict()
    try:
        return Done(envelope), make_row(envelope, data)
    except KeyError as missing:
        return Dead("sự kiện thiếu trường mà kho dữ liệu cần", field=str(missing.args[0])), None
    except (ValueError, TypeError):
        return Dead("sự kiện có thời điểm không đọc được nên không lưu vào kho dữ liệu được"), None


def _dossier(envelope: Envelope, data: Mapping[str, Any]) -> TableRow:
    return {
        "source": envelope.source,
        "code": _required(data, "code"),
        "event_id": envelope.id,
        "updated_at": _past_instant(data, "updated_at"),
        "observed_at": format_instant(_required(data, "observed_at")),
        "procedure": _required(data, "procedure"),
        "procedure_name": data.get("procedure_name"),
        "online_level": data.get("online_level"),
        "channel": data.get("channel"),
        "status": data.get("status"),
        "agency": data.get("agency"),
        "agency_name": data.get("agency_name"),
        "officer": data.get("officer"),
        "identity": data.get("identity"),
        "accepted_at": _optional_instant(data, "accepted_at"),
        "appointment_at": _optional_instant(data, "appointment_at"),
        "completed_at": _optional_instant(data, "completed_at"),
        "quality": " ".join(data.get("quality") or ()),
        "data": envelope.data_json().decode(),
    }


def _service_period(envelope: Envelope, data: Mapping[str, Any]) -> TableRow:
    return {
        "staff_no": _required(data, "staff_no"),
        "starts_on": _required(data, "starts_on"),
        "identity": data.get("identity"),
        "old_identity": data.get("old_identity"),
        "category": _required(data, "category"),
        "agency": _required(data, "agency"),
        "agency_name": data.get("agency_name"),
        "position": data.get("position"),
        "ends_on": data.get("ends_on"),
        "updated_at": _past_instant(data, "updated_at"),
        "observed_at": format_instant(_required(data, "observed_at")),
        "event_id": envelope.id,
        "quality": " ".join(data.get("quality") or ()),
    }


def _account(envelope: Envelope, data: Mapping[str, Any]) -> TableRow:
    return {
        "identity": _required(data, "identity"),
        "level": _required(data, "level"),
        "activated_at": format_instant(_required(data, "activated_at")),
        "account_type": data.get("account_type"),
        "observed_at": format_instant(_required(data, "observed_at")),
        "event_id": envelope.id,
    }


_ROWS: Mapping[str, Callable[[Envelope, Mapping[str, Any]], TableRow]] = {
    dossier_v1.TYPE: _dossier,
    civil_servant_v1.TYPE: _service_period,
    identity_account_v1.TYPE: _account,
}
"""By event type, what makes its row."""


def _required(data: Mapping[str, Any], key: str) -> Any:
    value = data[key]
    if value is None:
        raise KeyError(key)
    return value


def _past_instant(data: Mapping[str, Any], key: str) -> str:
    """An instant that is no later than the moment of observation. A later one would stand in the way of all others."""
    return min(format_instant(_required(data, key)), format_instant(_required(data, "observed_at")))


def _optional_instant(data: Mapping[str, Any], key: str) -> str | None:
    value = data.get(key)
    return None if value is None else format_instant(value)


def newest_version(table: Table, *, seldom_known: bool = False) -> Upsert:
    """An upsert that replaces a row when the new one is at least as new and differs.

    A version that returns to an earlier content has the dates of that content: it and its neighbours are ordered by the
    moment at which they were seen.
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
            returns = or_(is_return(old.event_id), is_return(new.event_id))
            is_newer = _tuple(new, order) >= _tuple(old, order)
            conditions.append(case((returns, _tuple(new, as_seen) >= _tuple(old, as_seen)), else_=is_newer))
        return insert.on_conflict_do_update(index_elements=keys, set_=values, where=and_(*conditions))

    return Upsert(table, merge, order, seldom_known=seldom_known)


def _tuple(columns: Any, names: Iterable[str]) -> Tuple:
    return tuple_(*(columns[name] for name in names))


_UPSERTS: Mapping[str, Sequence[Upsert]] = {
    dossier_v1.TYPE: (newest_version(tables.dossiers), newest_version(tables.dossier_versions, seldom_known=True)),
    civil_servant_v1.TYPE: (newest_version(tables.service_periods),),
    identity_account_v1.TYPE: (newest_version(tables.accounts),),
}
"""By event type, the tables that take its rows. Each takes the columns it has."""
