"""The steps of asking the national store of results (Kho kết quả số hóa), and of keeping what it has."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import orjson

from lienthong import Envelope, Found, NotKnown, Rejected, parse_utc
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
    known = None if isinstance(found, NotKnown) else found.get(key(envelope)[0])
    results = list(known or [])
    answer = {"state": "not-known" if known is None else "known", "results": results}
    data = envelope.data
    return with_entry(
        envelope.with_data(envelope.type, {**data, "answer": answer}),
        "find",
        what="national-store",
        files=_files(results),
        citizen_id=_number(envelope, "citizen_id"),
        purpose=data["purpose"],
        officer=data["requester_name"],
    )


def _files(results: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The files that may be fetched now: those of which all is known that a fetch names."""
    listed = [
        {"result_code": each["result_code"], "agency": each["agency"], "path": file["path"]}
        for each in results
        for file in each["files"]
    ]
    return [each for each in listed if all(each.values())]


def noted(envelope: Envelope, found: Found) -> Envelope:  # noqa: ARG001 - the register has written, and tells nothing
    """The event as it is: what was listed may be fetched by the next question. It comes last."""
    return envelope


def listing(envelope: Envelope) -> Sequence[str]:
    """What must have been listed to this client, of this citizen: `CLIENT|CITIZEN|CODE|AGENCY|PATH`."""
    data = envelope.data
    named = (data.get("client"), _number(envelope, "citizen_id"), data["result_code"], data["agency"], data["path"])
    return ("|".join(str(each or "") for each in named),)


def require_listing(envelope: Envelope, found: Found, *, hours: int) -> Envelope:
    """Pass what a look-up of the same client has listed in the last `hours`. `found`: `store.documents.findings`.

    Raises `Rejected` for every other file: a caller states neither whose a file is, nor what it is.
    """
    at = found.get(listing(envelope)[0])
    if at is None or envelope.time - parse_utc(at) > timedelta(hours=hours):
        why = "chưa tra cứu thấy tệp này của công dân này trong kho quốc gia; hãy tra cứu (search) trước khi lấy"
        raise Rejected(why, field="path")
    return envelope


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
