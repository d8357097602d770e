"""The data store (kho dữ liệu): the newest version of everything, and the history of every dossier."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, Tuple, and_, tuple_

from lienthong import Dead, Done, Envelope, Outcome, Site, Transaction
from lienthong.adapters.sql.bulk import Upsert, upsert_rows
from lienthong.adapters.sql.errors import translate_errors
from schemas.canonical import civil_servant_v1, dossier_v1, identity_account_v1
from store import tables as store

Row = Mapping[str, Any]


class DataStore:
    """Keeps canonical events. The newest version wins in any order of arrival; told twice, it keeps one.

    An event of another type, or one that lacks what its row needs, is dead; the others of its bundle are stored.
    """

    def __init__(self, site: Site) -> None:
        store.create(site.database)

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        """Store a bundle through `transaction.connection`, each table at once. Raises `Transient` if it cannot."""
        outcomes: list[Outcome] = []
        rows: dict[str, list[Row]] = {}
        for envelope in envelopes:
            outcome, row = _row_of(envelope)
            outcomes.append(outcome)
            if row is not None:
                rows.setdefault(envelope.type, []).append(row)
        with translate_errors("kho dữ liệu không trả lời"):
            for kind, some in rows.items():
                values = [tuple(row.values()) for row in some]
                upsert_rows(transaction.connection, tuple(some[0]), values, _UPSERTS[kind])
        return outcomes


def _row_of(envelope: Envelope) -> tuple[Outcome, Row | None]:
    shape = _ROWS.get(envelope.type)
    if shape is None:
        return Dead(f"kho dữ liệu không nhận loại sự kiện {envelope.type!r}", field="type"), None
    data = envelope.data_dict()
    try:
        return Done(envelope), shape(envelope, data)
    except KeyError as missing:
        return Dead("sự kiện thiếu trường mà kho dữ liệu cần", field=str(missing.args[0])), None
    except (ValueError, TypeError):
        return Dead("sự kiện có thời điểm không đọc được nên không lưu vào kho dữ liệu được"), None


def _dossier(envelope: Envelope, data: Mapping[str, Any]) -> Row:
    return {
        "source": envelope.source,
        "code": _present(data, "code"),
        "event_id": envelope.id,
        "updated_at": store.instant(_present(data, "updated_at")),
        "observed_at": store.instant(_present(data, "observed_at")),
        "procedure": _present(data, "procedure"),
        "procedure_name": data.get("procedure_name"),
        "online_level": data.get("online_level"),
        "channel": data.get("channel"),
        "status": data.get("status"),
        "agency": data.get("agency"),
        "agency_name": data.get("agency_name"),
        "officer": data.get("officer"),
        "identity": data.get("identity"),
        "accepted_at": _instant_or_none(data, "accepted_at"),
        "appointment_at": _instant_or_none(data, "appointment_at"),
        "completed_at": _instant_or_none(data, "completed_at"),
        "quality": " ".join(data.get("quality") or ()),
        "data": envelope.data_json().decode(),
    }


def _service_period(envelope: Envelope, data: Mapping[str, Any]) -> Row:
    return {
        "staff_no": _present(data, "staff_no"),
        "starts_on": _present(data, "starts_on"),
        "identity": data.get("identity"),
        "old_identity": data.get("old_identity"),
        "category": _present(data, "category"),
        "agency": _present(data, "agency"),
        "agency_name": data.get("agency_name"),
        "position": data.get("position"),
        "ends_on": data.get("ends_on"),
        "updated_at": store.instant(_present(data, "updated_at")),
        "observed_at": store.instant(_present(data, "observed_at")),
        "event_id": envelope.id,
    }


def _account(envelope: Envelope, data: Mapping[str, Any]) -> Row:
    return {
        "identity": _present(data, "identity"),
        "level": _present(data, "level"),
        "activated_at": store.instant(_present(data, "activated_at")),
        "account_type": data.get("account_type"),
        "observed_at": store.instant(_present(data, "observed_at")),
        "event_id": envelope.id,
    }


_ROWS: Mapping[str, Callable[[Envelope, Mapping[str, Any]], Row]] = {
    dossier_v1.TYPE: _dossier,
    civil_servant_v1.TYPE: _service_period,
    identity_account_v1.TYPE: _account,
}


def _present(data: Mapping[str, Any], key: str) -> Any:
    value = data[key]
    if value is None:
        raise KeyError(key)
    return value


def _instant_or_none(data: Mapping[str, Any], key: str) -> str | None:
    value = data.get(key)
    return None if value is None else store.instant(value)


def _newest(table: Table, *, seldom_known: bool = False) -> Upsert:
    """ON CONFLICT DO UPDATE where the new row is at least as new and says something else.

    "At least", because an event replayed after its reference data was corrected keeps its id and must be stored anew.
    What an event says that has no column of its own is in the history: there it is stored anew, too.
    """
    keys = [column.name for column in table.primary_key]
    order = store.NEWER.get(table.name, ())

    def merge(insert: Any) -> Any:
        old, new = table.columns, insert.excluded
        values = {column.name: new[column.name] for column in table.columns if column.name not in keys}
        conditions = [_row(new, values).is_distinct_from(_row(old, values))]
        if order:
            conditions.append(_row(new, order) >= _row(old, order))
        return insert.on_conflict_do_update(index_elements=keys, set_=values, where=and_(*conditions))

    return Upsert(table, merge, order, seldom_known=seldom_known)


def _row(columns: Any, names: Iterable[str]) -> Tuple:
    return tuple_(*(columns[name] for name in names))


_UPSERTS: Mapping[str, Sequence[Upsert]] = {
    dossier_v1.TYPE: (_newest(store.dossiers), _newest(store.dossier_versions, seldom_known=True)),
    civil_servant_v1.TYPE: (_newest(store.service_periods),),
    identity_account_v1.TYPE: (_newest(store.accounts),),
}
"""Where the rows of a type go. Each table takes the columns it has."""
