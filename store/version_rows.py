"""The rows of the data store that events make, and the seal of a row, which the ledger keeps with the delivery."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from lienthong import Envelope
from schemas.canonical import (
    civil_servant_v1,
    dossier_v1,
    identity_account_v1,
    organisation_unit_v1,
    payment_v1,
    portal_account_v1,
    procedure_v1,
    submission_v1,
)
from schemas.requests import counter_checks
from store.instants import format_instant
from store.question_rows import QUESTION_ROWS
from transforms.identity import clean_identity
from transforms.procedures import national_code

TableRow = Mapping[str, Any]
"""Values by column, in the order of the table's columns."""

_SEAL_DIGITS = 32


def seal_of(row: TableRow, json: bytes | None = None) -> str:
    """The first 16 bytes, in hex, of the SHA-256 of what a row is made of.

    A version of a dossier is made of its source and its JSON: `proof` makes the other columns of them once more. Other
    rows keep no JSON and are sealed column by column. `json`: that of the row as it came, which saves encoding it.
    """
    text = row.get("data")
    if text is None:
        content = orjson.dumps(list(row.values()))
    else:
        content = b"%b\n%b" % (row["source"].encode(), text.encode() if json is None else json)
    return hashlib.sha256(content).hexdigest()[:_SEAL_DIGITS]


def _dossier(envelope: Envelope, data: Mapping[str, Any]) -> TableRow:
    get = data.get  # there are many columns, and every dossier passes here
    observed_at = format_instant(_required(data, "observed_at"))
    return {
        "source": envelope.source,
        "code": _required(data, "code"),
        "event_id": envelope.id,
        "updated_at": _past_instant(data, "updated_at", observed_at),
        "observed_at": observed_at,
        "procedure": _required(data, "procedure"),
        "procedure_name": get("procedure_name"),
        "online_level": get("online_level"),
        "channel": get("channel"),
        "status": get("status"),
        "agency": get("agency"),
        "agency_name": get("agency_name"),
        "officer": get("officer"),
        "identity": get("identity"),
        "accepted_at": _optional_instant(get("accepted_at")),
        "appointment_at": _optional_instant(get("appointment_at")),
        "completed_at": _optional_instant(get("completed_at")),
        "quality": " ".join(get("quality") or ()),
        "submitted_at": _optional_instant(get("submitted_at")),
        "assisted_by": get("assisted_by"),
        "other_code": get("other_code"),
        "other_identity": get("other_identity"),
        "data": envelope.data_json().decode(),
    }


def _service_period(envelope: Envelope, data: Mapping[str, Any]) -> TableRow:
    observed_at = format_instant(_required(data, "observed_at"))
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
        "updated_at": _past_instant(data, "updated_at", observed_at),
        "observed_at": observed_at,
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


def _procedure(envelope: Envelope, data: Mapping[str, Any]) -> TableRow:
    return {
        "code": _required(data, "code"),
        "effective_from": _required(data, "effective_from"),
        "name": data.get("name"),
        "field": data.get("field"),
        "online_level": _required(data, "online_level"),
        "authentication_level": data.get("authentication_level"),
        "components": orjson.dumps(data.get("components") or ()).decode(),
        "results": orjson.dumps(data.get("results") or ()).decode(),
        "quality": " ".join(data.get("quality") or ()),
        "observed_at": format_instant(_required(data, "observed_at")),
        "event_id": envelope.id,
    }


def _unit(envelope: Envelope, data: Mapping[str, Any]) -> TableRow:
    return {
        "code": _required(data, "code"),
        "starts_on": _required(data, "starts_on"),
        "name": data.get("name"),
        "level": data.get("level"),
        "parent": data.get("parent"),
        "codes": orjson.dumps(data.get("codes") or {}).decode(),
        "ends_on": data.get("ends_on"),
        "successors": orjson.dumps(data.get("successors") or ()).decode(),
        "email": data.get("email"),
        "calendar": data.get("calendar"),
        "receives": int(data.get("receives", True)),
        "quality": " ".join(data.get("quality") or ()),
        "observed_at": format_instant(_required(data, "observed_at")),
        "event_id": envelope.id,
    }


def _portal_account(envelope: Envelope, data: Mapping[str, Any]) -> TableRow:
    return {
        "account": _required(data, "account"),
        "opened_at": format_instant(_required(data, "opened_at")),
        "assisted_by": data.get("assisted_by"),
        "quality": " ".join(data.get("quality") or ()),
        "observed_at": format_instant(_required(data, "observed_at")),
        "event_id": envelope.id,
    }


def _counter_check(envelope: Envelope, data: Mapping[str, Any]) -> TableRow:
    answer: Mapping[str, Any] = _required(data, "answer")
    civil_servant = answer["civil_servant"]
    return {
        "event_id": envelope.id,
        "checked_at": format_instant(data.get("at") or envelope.time),
        "asked_at": format_instant(envelope.time),
        "identity": clean_identity(data.get("citizen_id")),
        "procedure": national_code(_required(data, "procedure")),
        "agency": _required(data, "agency"),
        "officer": _required(data, "officer"),
        "client": data.get("client"),
        "civil_servant": None if civil_servant is None else int(civil_servant),
        "staff_kind": answer["staff_kind"],
        "staff_agency": answer["staff_agency"],
        "procedure_online": _required(answer, "procedure_online"),
        "portal_account": _required(answer, "portal_account"),
        "notify": int(_required(answer, "notify")),
        "data_as_of": _optional_instant(answer.get("data_as_of")),
    }


def _acknowledgement(envelope: Envelope, data: Mapping[str, Any]) -> TableRow:
    return {
        "event_id": envelope.id,
        "check_id": _required(data, "check_id"),
        "decision": _required(data, "decision"),
        "decided_at": format_instant(envelope.time),
        "client": data.get("client"),
    }


def _submission(envelope: Envelope, data: Mapping[str, Any]) -> TableRow:
    return {
        "code": _required(data, "code"),
        "event_id": envelope.id,
        "received_at": format_instant(_required(data, "received_at")),
        "submitted_at": _optional_instant(data.get("submitted_at")),
        "procedure": data.get("procedure"),
        "outcome": _required(data, "outcome"),
        "event": envelope.data_json().decode(),
    }


def _payment(envelope: Envelope, data: Mapping[str, Any]) -> TableRow:
    return {
        "transaction_id": _required(data, "transaction"),
        "event_id": envelope.id,
        "observed_at": format_instant(_required(data, "received_at")),
        "dossier": data.get("dossier"),
        "amount": data.get("amount"),
        "currency": data.get("currency"),
        "paid": int(_required(data, "paid")),
        "error": data.get("error"),
        "bank": data.get("bank"),
        "reference": data.get("reference"),
        "paid_at": format_instant(_required(data, "paid_at")),
        "quality": " ".join(data.get("quality") or ()),
    }


ROWS: Mapping[str, Callable[[Envelope, Mapping[str, Any]], TableRow]] = {
    dossier_v1.TYPE: _dossier,
    civil_servant_v1.TYPE: _service_period,
    identity_account_v1.TYPE: _account,
    procedure_v1.TYPE: _procedure,
    organisation_unit_v1.TYPE: _unit,
    portal_account_v1.TYPE: _portal_account,
    counter_checks.TYPE: _counter_check,
    counter_checks.ACKNOWLEDGEMENT_TYPE: _acknowledgement,
    submission_v1.TYPE: _submission,
    payment_v1.TYPE: _payment,
    **QUESTION_ROWS,
}
"""By event type, what makes its row."""


def _required(data: Mapping[str, Any], key: str) -> Any:
    value = data[key]
    if value is None:
        raise KeyError(key)
    return value


def _past_instant(data: Mapping[str, Any], key: str, observed_at: str) -> str:
    """An instant that is no later than the moment of observation. A later one would stand in the way of all others."""
    return min(format_instant(_required(data, key)), observed_at)


def _optional_instant(value: Any) -> str | None:
    return None if value is None else format_instant(value)
