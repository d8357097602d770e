"""The steps of asking the national store of results (Kho kết quả số hóa), and of keeping what it has."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from lienthong import Envelope, Found, NotKnown, Rejected
from transforms.document_entries import owner, with_entry
from transforms.procedures import national_code


def key(envelope: Envelope) -> Sequence[str]:
    """What the national store is asked, as JSON. Raises `Rejected` for a number that is none."""
    return (orjson.dumps(asked(envelope), option=orjson.OPT_SORT_KEYS).decode(),)


def asked(envelope: Envelope) -> Mapping[str, Any]:
    """The look-up with its requester."""
    data = envelope.data
    return {
        **{name: _number(envelope, name) for name in ("citizen_id", "requester_id")},
        **{name: data[name] for name in ("requester_name", "channel", "results")},
        "procedure": national_code(data["procedure"]),
    }


def search(envelope: Envelope, found: Found) -> Envelope:
    """Answer with what it has; and note who looked, and why. `found`: `connectors.lookups.national_store`."""
    results = None if isinstance(found, NotKnown) else found.get(key(envelope)[0])
    answer = {"state": "not-known" if results is None else "known", "results": results or []}
    data = envelope.data
    return with_entry(
        envelope.with_data(envelope.type, {**data, "answer": answer}),
        "read",
        what="national-store",
        citizen_id=_number(envelope, "citizen_id"),
        purpose=data["purpose"],
        officer=data["requester_name"],
    )


def file(envelope: Envelope) -> Sequence[str]:
    """The file that is asked for: `AGENCY|PATH`."""
    return (f"{envelope.data['agency']}|{envelope.data['path']}",)


def fetched(envelope: Envelope, found: Found) -> Envelope | None:
    """Take the file on, as if it had been uploaded; None when the national store does not have it."""
    body = found.get(file(envelope)[0])
    if body is None:
        return None
    data = envelope.data
    name = data["path"].rpartition("/")[2]
    uploaded = {**body, "file_name": name, "media_type": "application/pdf"}
    return envelope.with_data(envelope.type, {**data, "kind": "result", "file": uploaded})


def _number(envelope: Envelope, field: str) -> str:
    number = owner(envelope, field)
    if number is None:
        raise Rejected("không phải số định danh cá nhân (12 chữ số) hoặc số CMND (9 chữ số)", field=field)
    return number
