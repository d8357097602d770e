"""The steps of uploads: what the file must be, the verdict on its signatures, and the document that it becomes."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from lienthong import Envelope, Found, NotAccepted, Rejected, Table, clean_text, format_instant
from transforms.document_entries import became, owner, with_entry
from transforms.document_searches import document
from transforms.document_types import Role, demand, missing_roles, valid_until

DRAFT = "draft"
"""The key in the data between the steps: what becomes the entry. It is not part of the event that is kept."""

NOT_ACCEPTED, ELSEWHERE = "document-not-accepted", "file-of-another-document"
"""The codes of refusals; see `problems` in the files of the requests."""

_FAILED, _PASSED = "TOTAL-FAILED", "TOTAL-PASSED"
_ROLE_WORDS: Mapping[Role, str] = {
    "person": "thiếu chữ ký của người có thẩm quyền",
    "agency": "thiếu chữ ký của cơ quan, tổ chức",
}


def describe(envelope: Envelope, *, types: Table, origin: str = "uploaded") -> Envelope:
    """Prepare a document by its metadata. `types`: see `transforms.document_types`.

    Raises `Rejected` for a number that is none, a result without its code, and a copy without its type.
    """
    data = envelope.data
    citizen_id = owner(envelope)
    if citizen_id is None:
        raise Rejected("không phải số định danh cá nhân (12 chữ số) hoặc số CMND (9 chữ số)", field="citizen_id")
    kind, result_code, document_type = data["kind"], _code(data, "result_code"), _code(data, "document_type")
    if kind == "result" and result_code is None:
        raise Rejected("kết quả giải quyết phải có mã kết quả trong danh mục", field="result_code")
    if kind == "certified_copy" and document_type is None:
        raise Rejected("bản sao chứng thực phải có mã giấy tờ trong thành phần hồ sơ", field="document_type")
    draft = {
        "document_id": None,
        "reason": "first",
        "citizen_id": citizen_id,
        "document_type": document_type or kind,
        "result_code": result_code,
        "kind": kind,
        **{name: _code(data, name) for name in ("agency", "dossier")},
        "origin": origin,
        "paper": data.get("paper") if origin == "dossier-result" else None,
    }
    return _drafted(envelope, draft, types)


def describe_version(envelope: Envelope, found: Found, *, types: Table) -> Envelope | None:
    """Prepare another version; None for a document that is not there. `found`: see `transforms.document_views.view`."""
    of_document = found.get(document(envelope)[0])
    return None if of_document is None else drafted_version(envelope, of_document, types)


def drafted_version(envelope: Envelope, of_document: Mapping[str, Any], types: Table) -> Envelope:
    """The event with another version of a document as its draft."""
    names = ("document_id", "citizen_id", "document_type", "result_code", "kind", "agency", "dossier", "origin")
    return _drafted(envelope, {**{name: of_document[name] for name in names}, "reason": "replaced"}, types)


def file_of_citizen(envelope: Envelope) -> Sequence[str]:
    """The file that may be there already: `CITIZEN|DIGEST`."""
    draft = envelope.data[DRAFT]
    return (f"{draft['citizen_id']}|{draft['digest']}",)


def known(envelope: Envelope, found: Found) -> Envelope:
    """Take on since when the citizen has had this file. `found`: `store.documents.reading.KnownFiles`."""
    before = found.get(file_of_citizen(envelope)[0])
    if before is None:
        return envelope
    draft = {**envelope.data[DRAFT], "known_since": before["added_at"]}
    return envelope.with_data(envelope.type, {**envelope.data, DRAFT: draft})


def body(envelope: Envelope) -> Sequence[str]:
    """What is to be judged: `digest|profile|moment`, and since when the file is known, if it is."""
    draft = envelope.data[DRAFT]
    since = f"|{draft['known_since']}" if "known_since" in draft else ""
    return (f"{draft['digest']}|{draft['profile']}|{format_instant(envelope.time)}{since}",)


def judge(envelope: Envelope, found: Found, *, agencies: Table) -> Envelope:
    """Take on the verdict. `found` has it by key, as JSON; `agencies`: see `transforms.document_types.role_of`.

    Raises `NotAccepted` with the reasons of the verdict for what its type does not take. INDETERMINATE passes where the
    verdict states when it may be another one: nothing else that comes later can heal it.
    """
    data, draft, verdict = envelope.data, dict(envelope.data[DRAFT]), found[body(envelope)[0]]
    roles, media_types = draft.pop("roles"), draft.pop("media_types")
    draft.pop("profile")
    draft.pop("known_since", None)
    missing = missing_roles(verdict, roles, agencies)
    if faults := faults_of(verdict, missing, media_types=media_types, is_signed=bool(roles)):
        why = "tệp tin không đáp ứng yêu cầu của loại giấy tờ"
        raise NotAccepted(NOT_ACCEPTED, why, field="file", faults=faults, more={"verdict": verdict})
    accepted = not roles or verdict["indication"] == _PASSED
    rest = {name: value for name, value in data.items() if name != DRAFT}
    return with_entry(envelope.with_data(envelope.type, rest), "add", **draft, verdict=verdict, accepted=accepted)


def registered(envelope: Envelope, found: Found) -> Envelope:
    """Answer with the document that has the file. `found` is of the register. It comes last.

    Raises `NotAccepted` for a version whose file is another document of the citizen.
    """
    entry = envelope.data["entry"]
    as_new = {"document_id": entry["document_id"] or envelope.id, "version": 1, "added": True}
    kept = became(envelope, found, verdict=entry["verdict"], accepted=entry["accepted"], **as_new)
    if entry["document_id"] not in (None, kept["document_id"]):
        why = "công dân đã có tệp tin này trong một giấy tờ khác của kho"
        raise NotAccepted(ELSEWHERE, why, field="file", more={"document_id": kept["document_id"]})
    answer = {
        **{name: kept[name] for name in ("document_id", "version", "verdict")},
        "digest": entry["digest"],
        "state": "offered" if kept["accepted"] else "kept",
    }
    status = 202 if not kept["accepted"] else 201 if kept["added"] else 200
    return envelope.with_data(envelope.type, {**envelope.data, "answer": answer, "answer_status": status})


def _drafted(envelope: Envelope, draft: Mapping[str, Any], types: Table) -> Envelope:
    data, file = envelope.data, envelope.data["file"]
    rule = demand(types, draft["result_code"], draft["document_type"], draft["kind"])
    issued_on, stated = _day(data, "issued_on"), _day(data, "valid_until")
    if issued_on and stated and stated < issued_on:
        raise Rejected("hết hiệu lực trước ngày cấp", field="valid_until")
    if rule.valid_for and not (issued_on or stated):
        raise Rejected("giấy tờ có thời hạn phải có ngày cấp hoặc ngày hết hiệu lực", field="issued_on")
    last = valid_until(issued_on, stated, rule)
    of_version = {
        **{name: file[name] for name in ("digest", "size")},
        "number": _code(data, "number"),
        "issued_on": issued_on and issued_on.isoformat(),
        "valid_until": last and last.isoformat(),
        "media_type": rule.media_types[0] if len(rule.media_types) == 1 else file["media_type"],
    }
    demanded = {"profile": rule.profile, "roles": list(rule.roles), "media_types": list(rule.media_types)}
    return envelope.with_data(envelope.type, {**data, DRAFT: {**draft, **of_version, **demanded}})


def faults_of(
    verdict: Mapping[str, Any], missing: Sequence[Role], *, media_types: Sequence[str], is_signed: bool
) -> Sequence[tuple[str, str]]:
    """Every reason why the file is not taken."""
    faults = []
    if verdict["media_type"] not in media_types:
        faults.append(f"tệp tin phải là {' hoặc '.join(media_types)}")
    if is_signed and verdict["indication"] != _PASSED and not verdict["recheck_after"]:
        faults += [each["message"] for each in verdict["reasons"]] or [str(verdict["sub_indication"])]
    if is_signed and not (verdict["indication"] == _FAILED and not verdict["signatures"]):
        faults += [_ROLE_WORDS[role] for role in missing]
    return [("file", fault) for fault in faults]


def _code(data: Mapping[str, Any], name: str) -> str | None:
    return clean_text(data.get(name) or "") or None


def _day(data: Mapping[str, Any], name: str) -> date | None:
    return date.fromisoformat(data[name]) if data.get(name) else None
