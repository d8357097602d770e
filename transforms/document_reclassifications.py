"""The steps of a reclassification: the issuing agency corrects what an uploaded document is; its file stays."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from lienthong import Envelope, Found, NotAccepted, Rejected, Table, clean_text, format_instant
from transforms.agency_clients import require_agency
from transforms.document_entries import became, with_entry
from transforms.document_searches import document
from transforms.document_types import demand, missing_roles, valid_until
from transforms.document_uploads import DRAFT, NOT_ACCEPTED, faults_of

OF_SOURCE, MEANWHILE = "codes-of-another-source", "document-changed-meanwhile"
"""The codes of refusals; see `problems` in the file of the request."""

_NAMES = ("kind", "document_type", "result_code", "agency", "dossier")
_DATES = ("issued_on", "valid_until")


def describe(envelope: Envelope, found: Found, *, types: Table, clients: Table, without_agency: str) -> Envelope | None:
    """Prepare what the document is to be; None for one that is not there. `found`: `DocumentsById`.

    A document that names no agency belongs to `without_agency`. Raises `NotAccepted` for a client that does not speak
    for the agency, and for a document whose codes another system states; `Rejected` for what no upload may be either.
    """
    of_document = found.get(document(envelope)[0])
    if of_document is None:
        return None
    require_agency(envelope.data, of_document["agency"] or without_agency, clients)
    if of_document["origin"] != "uploaded":
        raise NotAccepted(OF_SOURCE, "loại và mã của giấy tờ này do hệ thống khác nêu; hãy sửa ở hệ thống đó")
    newest = of_document["versions"][-1]
    before = {**{name: of_document[name] for name in _NAMES}, **{name: newest[name] for name in _DATES}}
    after = _after(envelope.data, before)
    was, rule = (demand(types, each["result_code"], each["document_type"], each["kind"]) for each in (before, after))
    versions = []
    for each in of_document["versions"]:
        is_newest = each is newest
        issued_on = after["issued_on"] if is_newest else each["issued_on"]
        kept, given = each["valid_until"], envelope.data.get("valid_until") if is_newest else None
        by_rule = _text(valid_until(_day(each["issued_on"]), None, was))
        stated = given or (kept if kept != by_rule else None)
        last = _text(valid_until(_day(issued_on), _day(stated), rule))
        versions.append({**{name: each[name] for name in ("version", "digest", "added_at")}, "issued_on": issued_on})
        versions[-1]["valid_until"] = last
    after["valid_until"] = versions[-1]["valid_until"]
    _check_dates(after, is_limited=rule.valid_for is not None)
    draft = {
        "before": before,
        "after": after,
        "versions": versions,
        "citizen_id": of_document["citizen_id"],
        "profile": rule.profile,
        "roles": [*rule.roles],
        "media_types": [*rule.media_types],
    }
    return envelope.with_data(envelope.type, {**envelope.data, DRAFT: draft})


def bodies(envelope: Envelope) -> Sequence[str]:
    """What is to be judged, every version: `digest|profile|moment|known`; the store has had it since it was added."""
    draft, at = envelope.data[DRAFT], format_instant(envelope.time)
    return [f"{each['digest']}|{draft['profile']}|{at}|{each['added_at']}" for each in draft["versions"]]


def judge(envelope: Envelope, found: Found, *, agencies: Table) -> Envelope:
    """Prepare the entry. `found` has the verdicts by key, as JSON; `agencies`: `transforms.document_types.role_of`.

    Raises `NotAccepted` when the newest file is not what a document of this kind must be.
    """
    draft = envelope.data[DRAFT]
    roles, judged = draft["roles"], []
    for each, key in zip(draft["versions"], bodies(envelope), strict=True):
        verdict = found.get(key)
        if verdict is None:
            raise Rejected("kho không đọc được tệp tin của giấy tờ này; hãy báo quản trị viên", field="document_id")
        missing = missing_roles(verdict, roles, agencies)
        faults = faults_of(verdict, missing, media_types=draft["media_types"], is_signed=bool(roles))
        if faults and each is draft["versions"][-1]:
            why = "tệp tin không đáp ứng yêu cầu của loại giấy tờ"
            raise NotAccepted(NOT_ACCEPTED, why, field="kind", faults=faults, more={"verdict": verdict})
        accepted = not faults and (not roles or verdict["indication"] == "TOTAL-PASSED")
        dates = {name: each[name] for name in _DATES}
        judged.append({"version": each["version"], "verdict": verdict, "accepted": accepted, **dates})
    rest = {name: value for name, value in envelope.data.items() if name != DRAFT}
    return with_entry(
        envelope.with_data(envelope.type, rest),
        "reclassify",
        document_id=document(envelope)[0],
        explanation=rest["explanation"],
        versions=judged,
        **{name: draft[name] for name in ("citizen_id", "before", "after")},
    )


def registered(envelope: Envelope, found: Found) -> Envelope:
    """Answer with what the document is now. `found` is of the register. It comes last.

    Raises `NotAccepted` for a document that became another one since it was read.
    """
    entry = envelope.data["entry"]
    kept = became(envelope, found, changed=True, stale=False, reclassified_at=entry["at"])
    if kept["stale"]:
        raise NotAccepted(MEANWHILE, "giấy tờ vừa có thay đổi khác; hãy xem lại rồi gửi lại")
    answer = {
        "document_id": entry["document_id"],
        **entry["after"],
        **{name: kept[name] for name in ("changed", "reclassified_at")},
        "state": "offered" if entry["versions"][-1]["accepted"] else "kept",
    }
    return envelope.with_data(envelope.type, {**envelope.data, "answer": answer})


def _after(data: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What the document is to be, by the rules of uploads (`transforms.document_uploads.describe`)."""
    given = {name: clean_text(data.get(name) or "") or None for name in _NAMES}
    after = {name: given[name] or before[name] for name in _NAMES}
    if after["kind"] != before["kind"]:
        if given["document_type"] is None and before["document_type"] == before["kind"]:
            after["document_type"] = after["kind"]
        if after["kind"] != "result" and given["result_code"] is None:
            after["result_code"] = None
    if after["kind"] == "result" and after["result_code"] is None:
        raise Rejected("kết quả giải quyết phải có mã kết quả trong danh mục", field="result_code")
    if after["kind"] == "certified_copy" and after["document_type"] == "certified_copy":
        raise Rejected("bản sao chứng thực phải có mã giấy tờ trong thành phần hồ sơ", field="document_type")
    return {**after, "issued_on": data.get("issued_on") or before["issued_on"], "valid_until": None}


def _check_dates(after: Mapping[str, Any], *, is_limited: bool) -> None:
    if after["issued_on"] and after["valid_until"] and after["valid_until"] < after["issued_on"]:
        raise Rejected("hết hiệu lực trước ngày cấp", field="valid_until")
    if is_limited and not (after["issued_on"] or after["valid_until"]):
        raise Rejected("giấy tờ có thời hạn phải có ngày cấp hoặc ngày hết hiệu lực", field="issued_on")


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
