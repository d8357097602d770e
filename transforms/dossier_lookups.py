"""The look-up of a dossier by its code (tra cứu hồ sơ): how far it is, from all that the systems have shown.

Quyết định 27/2020/QĐ-UBND: the filer follows the dossier by its code; its supplements are kept under the same code.
A caller who knows a code learns nothing of any person by it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from lienthong import Envelope, Found, Rejected, TooOften, clean_text, parse_utc
from transforms.payments import of_dossier

STATUSES: Mapping[int, str] = {
    1: "Mới đăng ký",
    2: "Được tiếp nhận",
    3: "Không được tiếp nhận",
    4: "Đang xử lý",
    5: "Yêu cầu bổ sung giấy tờ",
    6: "Yêu cầu thực hiện nghĩa vụ tài chính",
    7: "Công dân yêu cầu rút hồ sơ",
    8: "Dừng xử lý",
    9: "Đã xử lý xong",
    10: "Đã trả kết quả",
}
"""TrangThaiHoSo of the national portal; the statuses of all systems are mapped to these."""

RECEIVED = "Hệ thống đã tiếp nhận hồ sơ trực tuyến, chờ cán bộ kiểm tra"
LACKING = "Hồ sơ trực tuyến chưa đủ điều kiện kỹ thuật, cần bổ sung"
UNKNOWN = "Chưa rõ trạng thái"

_NEW, _SUPPLEMENT = 1, 5
_DATES = ("submitted_at", "accepted_at", "appointment_at", "completed_at", "returned_at")


def client_key(envelope: Envelope) -> Sequence[str]:
    """The client that asks."""
    return [str(envelope.data["client"])]


def refuse_guessing(envelope: Envelope, found: Found, *, limit: int) -> Envelope:
    """Raise `TooOften` for a client that looked up `limit` wrong codes or more lately, whatever it asks now.

    `found`: by client, in how many seconds each of its wrong codes counts no more, the oldest first.
    """
    wrong = found.get(str(envelope.data["client"]), ())
    if len(wrong) >= limit:
        after = timedelta(seconds=wrong[len(wrong) - limit])
        why = "đã tra quá nhiều mã hồ sơ không tồn tại; hãy kiểm tra mã và tra lại sau"
        raise TooOften(why, field="code", after=after)
    return envelope


def code_key(envelope: Envelope) -> Sequence[str]:
    """The code that is asked about."""
    return [_code(envelope)]


def answer(envelope: Envelope, found: Found, *, details: bool = False) -> Envelope:
    """The answer, when the code is known. `found`: by code, the facts (`store.dossier_facts`).

    `details`: also the procedure, what is lacking, the supplements and the payments.
    """
    facts = found.get(_code(envelope))
    if facts is None:
        return envelope
    known = {**_progress(_code(envelope), facts), **(_details(facts) if details else {})}
    return envelope.with_data(envelope.type, {**envelope.data, "answer": known}, time=envelope.time)


def wrong_code_key(envelope: Envelope) -> Sequence[str]:
    """What is to be noted of a question without an answer."""
    return [] if "answer" in envelope.data else [f"{envelope.data['client']}\n{envelope.id}"]


def known_only(envelope: Envelope, found: Found) -> Envelope | None:  # noqa: ARG001 - it has only to be asked
    """None for a code that is none, once it is noted."""
    return envelope if "answer" in envelope.data else None


def _code(envelope: Envelope) -> str:
    code = clean_text(str(envelope.data["code"]))
    if not code:
        raise Rejected("thiếu mã hồ sơ", field="code")
    return code


def _progress(code: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    history = _history(facts)
    newest = _newest(facts["versions"])
    submission = facts["submissions"][-1] if facts["submissions"] else {}
    now = history[-1]
    dates = {name: (newest or {}).get(name) or submission.get(name) for name in _DATES}
    return {
        "code": code,
        "status": now["status"],
        "progress": now["progress"],
        "since": now["at"],
        "agency": (newest or {}).get("agency") or submission.get("agency") or code.split("-", maxsplit=1)[0],
        "agency_name": (newest or {}).get("agency_name") or submission.get("agency_name"),
        "received_at": _received_at(facts["submissions"]),
        **dates,
        "supplements": max((len(each["supplements"] or ()) for each in facts["submissions"]), default=0)
        or sum(step["status"] == _SUPPLEMENT for step in history),
        "history": history,
    }


def _newest(versions: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The version that holds now, of the first source that has one."""
    return next((version for version in versions if version["newest"]), versions[-1] if versions else None)


def _received_at(submissions: Iterable[Mapping[str, Any]]) -> str | None:
    """The official moment of receipt: of the first version that was in order."""
    moments = [each["received_at"] for each in submissions if each["outcome"] == "acknowledged"]
    return min(moments, key=parse_utc, default=None)


def _history(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the dossier went through, oldest first; the same in a row once. The first source with versions tells."""
    versions = facts["versions"]
    source = versions[0]["source"] if versions else None
    of_source = [each for each in versions if each["source"] == source]
    steps = [
        _step(each["received_at"], *(_LACKING_STEP if each["outcome"] == "lacking" else _RECEIVED_STEP))
        for each in facts["submissions"]
    ]
    steps += [
        _step(_since(each, of_source), each["status"], STATUSES.get(each["status"], UNKNOWN)) for each in of_source
    ]
    history: list[dict[str, Any]] = []
    for step in sorted(steps, key=lambda step: parse_utc(step["at"])):
        if not history or history[-1]["progress"] != step["progress"]:
            history.append(step)
    return history


def _since(version: Mapping[str, Any], versions: Iterable[Mapping[str, Any]]) -> str:
    """Since when a version holds. One that returns to an earlier content has the dates of that: it was seen later."""
    changed = parse_utc(version["updated_at"])
    is_return = version["newest"] and any(parse_utc(other["updated_at"]) > changed for other in versions)
    since: str = version["observed_at" if is_return else "updated_at"]
    return since


_RECEIVED_STEP, _LACKING_STEP = (_NEW, RECEIVED), (_SUPPLEMENT, LACKING)


def _step(at: str, status: int | None, progress: str) -> dict[str, Any]:
    return {"at": at, "status": status, "progress": progress}


def _details(facts: Mapping[str, Any]) -> dict[str, Any]:
    newest = _newest(facts["versions"]) or {}
    submission = facts["submissions"][-1] if facts["submissions"] else {}
    return {
        "procedure": newest.get("procedure") or submission.get("procedure"),
        "procedure_name": newest.get("procedure_name") or submission.get("procedure_name"),
        "channel": newest.get("channel") or ("online" if submission else None),
        "lacking": submission.get("lacking") or [],
        "supplement_requests": submission.get("supplements") or [],
        "fee": facts["fee"],
        "payments": of_dossier(facts["payments"], facts["fee"]),
    }
