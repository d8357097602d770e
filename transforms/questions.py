"""Questions (hỏi đáp) that were asked on the national portal."""

from collections.abc import Mapping
from typing import Any

from lienthong import Envelope, Rejected, Table, clean_text
from schemas.canonical.question_v1 import TYPE, Question
from schemas.plain import plain
from schemas.wire.questions import PortalQuestion
from transforms import wire
from transforms.competent_agencies import competent_agency
from transforms.procedures import national_code
from transforms.text import clean


def from_portal(envelope: Envelope, *, agencies: Table) -> Envelope:
    """Turn a question of the portal into `question.v1`, with the competent agency. See `competent_agencies`.

    The portal states no moment, so the event's time is when it was first seen like this.
    Raises `Rejected` when the code or the question itself is missing.
    """
    data, unclear = plain(PortalQuestion, envelope.data)
    code = code_of(data, "HOIDAPID", "thiếu mã câu hỏi")
    text = clean(data.get("NOIDUNG"))
    if text is None:
        raise Rejected("câu hỏi không có nội dung", field="NOIDUNG")
    subject = subject_of(data)
    reply, reply_code = clean(data.get("NOIDUNGTRALOI")), wire.code(data.get("TRALOIID")) or None
    agency, routed_by = competent_agency(agencies, **subject)
    question = Question.model_validate(
        {
            "code": code,
            **subject,
            "addressed_name": clean(data.get("TENDONVI")),
            "text": text,
            **person_of(data, "asker"),
            "agency": agency,
            "routed_by": routed_by,
            "state": _state(data, has_reply=bool(reply or reply_code)),
            "reply": reply,
            "reply_code": reply_code,
            "observed_at": envelope.received_at,
            "quality": ["shape-unclear"] if unclear else [],
        }
    )
    return envelope.with_data(TYPE, question.to_data(), time=envelope.received_at)


def code_of(data: Mapping[str, Any], field: str, why: str) -> str:
    """The code of a question or petition. Raises `Rejected` with `why` when there is none."""
    code = wire.code(data.get(field))
    if not code:
        raise Rejected(why, field=field)
    return code


def subject_of(data: Mapping[str, Any]) -> dict[str, str | None]:
    """What a question or petition is about, and to which agency it is addressed."""
    procedure = wire.code(data.get("MATTHCDP"))
    return {
        "procedure": national_code(procedure) if procedure else None,
        "field": wire.code(data.get("MALINHVUC")) or None,
        "addressed_to": wire.code(data.get("MADONVI")) or None,
    }


def person_of(data: Mapping[str, Any], prefix: str) -> dict[str, str | None]:
    """The person of a question or petition, under keys that begin with `prefix`."""
    phone = data.get("SODIENTHOAI")
    return {
        f"{prefix}_name": clean(data.get("HOVATEN")),
        f"{prefix}_address": clean(data.get("DIACHI")),
        f"{prefix}_email": clean(data.get("THUDIENTU")),
        f"{prefix}_phone": (clean_text(phone) if isinstance(phone, str) else wire.code(phone)) or None,
    }


def _state(data: Mapping[str, Any], *, has_reply: bool) -> str:
    if wire.code(data.get("TRANGTHAI")) not in ("", "0"):
        return "published"
    return "answered" if has_reply else "open"
