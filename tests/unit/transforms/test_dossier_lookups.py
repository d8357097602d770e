"""What a caller is answered who looks up a dossier by its code."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lienthong.envelope import Envelope
from lienthong.errors import Rejected, TooOften
from transforms.dossier_lookups import (
    LACKING,
    RECEIVED,
    answer,
    client_key,
    code_key,
    known_only,
    refuse_guessing,
    wrong_code_key,
)

CODE = "000.00.34.H08-240108-800001"
NOW = datetime(2024, 1, 20, tzinfo=UTC)


def question(code: str = CODE) -> Envelope:
    return Envelope("q1", "dossier-lookup.v1", "request.x", "q1", NOW, NOW, {"code": code, "client": "kiosk"})


def facts(**known: Any) -> dict[str, Any]:
    return {"versions": [], "submissions": [], "payments": [], "fee": None, **known}


def version(status: int | None, at: str, *, source: str = "igate", newest: bool = False, **more: Any) -> dict[str, Any]:
    fields = dict.fromkeys(
        ("agency", "agency_name", "procedure", "procedure_name", "channel", "fee", "submitted_at", "accepted_at"), None
    )
    fields |= dict.fromkeys(("appointment_at", "completed_at", "returned_at"), None)
    moments = {"updated_at": at, "observed_at": at}
    return {"source": source, "newest": newest, "status": status, **moments, **fields, **more}


def pushed(outcome: str, at: str, **more: Any) -> dict[str, Any]:
    fields = {"agency": "000.00.34.H08", "agency_name": "UBND xã", "procedure": "1.001612", "procedure_name": "Đăng ký"}
    return {
        "outcome": outcome,
        "received_at": at,
        "submitted_at": at,
        "lacking": [],
        "supplements": [],
        **fields,
        **more,
    }


def answered(known: dict[str, Any], **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = answer(question(), {CODE: known}, **options).data["answer"]
    return found


def test_a_dossier_that_was_pushed_alone_is_received_and_waits_for_an_officer() -> None:
    found = answered(facts(submissions=[pushed("acknowledged", "2024-01-08T05:54:03Z")]))
    assert (found["status"], found["progress"], found["received_at"]) == (1, RECEIVED, "2024-01-08T05:54:03Z")
    assert (found["agency"], found["agency_name"], found["submitted_at"]) == (
        "000.00.34.H08", "UBND xã", "2024-01-08T05:54:03Z"
    )  # fmt: skip
    assert found["supplements"] == 0


def test_a_supplement_is_part_of_the_history_of_the_same_code() -> None:
    first = pushed("lacking", "2024-01-08T05:00:00Z")
    second = pushed("acknowledged", "2024-01-09T05:00:00Z", supplements=[{"number": 1}])
    found = answered(facts(submissions=[first, second]))
    assert [step["progress"] for step in found["history"]] == [LACKING, RECEIVED]
    assert [step["status"] for step in found["history"]] == [5, 1]
    assert (found["received_at"], found["supplements"]) == ("2024-01-09T05:00:00Z", 1)


def test_what_the_systems_show_goes_before_what_was_pushed() -> None:
    versions = [
        version(2, "2024-01-08T06:30:00Z"),
        version(4, "2024-01-09T00:00:00Z"),
        version(4, "2024-01-09T01:00:00Z"),
        version(9, "2024-01-10T00:00:00Z", newest=True, agency="A", accepted_at="2024-01-08T06:30:00Z"),
        version(4, "2024-01-11T00:00:00Z", source="dvcqg", newest=True, agency="B"),
    ]
    found = answered(facts(versions=versions, submissions=[pushed("acknowledged", "2024-01-08T05:54:03Z")]))
    assert [step["status"] for step in found["history"]] == [1, 2, 4, 9]
    assert (found["status"], found["progress"], found["since"]) == (9, "Đã xử lý xong", "2024-01-10T00:00:00Z")
    assert (found["agency"], found["accepted_at"]) == ("A", "2024-01-08T06:30:00Z")
    assert found["submitted_at"] == "2024-01-08T05:54:03Z"


def test_a_version_that_returns_to_an_earlier_content_holds_since_it_was_seen() -> None:
    versions = [
        version(4, "2024-01-09T00:00:00Z", newest=True, observed_at="2024-01-11T00:00:00Z"),
        version(4, "2024-01-09T00:00:00Z"),
        version(9, "2024-01-10T00:00:00Z"),
    ]
    found = answered(facts(versions=versions))
    assert [step["status"] for step in found["history"]] == [4, 9, 4]
    assert (found["status"], found["since"]) == (4, "2024-01-11T00:00:00Z")


def test_moments_are_compared_as_moments_and_not_as_text() -> None:
    pushes = [pushed("acknowledged", "2024-01-08T05:54:03.5Z")]
    found = answered(facts(versions=[version(2, "2024-01-08T05:54:03Z", newest=True)], submissions=pushes))
    assert [step["status"] for step in found["history"]] == [2, 1]


def test_a_status_that_is_not_known_is_stated_as_such() -> None:
    found = answered(facts(versions=[version(None, "2024-01-08T06:30:00Z", newest=True)]))
    assert (found["status"], found["progress"], found["agency"]) == (None, "Chưa rõ trạng thái", "000.00.34.H08")


def test_nothing_else_is_answered_without_a_scope_for_it() -> None:
    payment = {"transaction": "GD1", "amount": 1, "currency": "VND", "paid": True, "paid_at": "x", "quality": []}
    known = facts(
        submissions=[pushed("lacking", "2024-01-08T05:00:00Z", lacking=[{"code": "file-missing"}])], payments=[payment]
    )
    plain = answered(known)
    assert not {"procedure", "lacking", "payments", "fee"} & plain.keys()
    details = answered(known, details=True)
    assert details.items() >= plain.items()
    assert (details["procedure"], details["channel"], details["payments"]) == ("1.001612", "online", [payment])
    assert details["lacking"] == [{"code": "file-missing"}]


def test_a_code_that_is_none_is_noted_and_has_no_answer() -> None:
    asked = question("  000-1 ")
    assert code_key(asked) == ["000-1"]
    result = answer(asked, {})
    assert wrong_code_key(result) == ["kiosk\nq1"]
    assert known_only(result, {}) is None
    known = answer(question(), {CODE: facts(submissions=[pushed("acknowledged", "2024-01-08T05:54:03Z")])})
    assert wrong_code_key(known) == []
    assert known_only(known, {}) is known


def test_one_who_guesses_is_refused_whatever_he_asks() -> None:
    assert client_key(question()) == ["kiosk"]
    assert refuse_guessing(question(), {"kiosk": [1.0] * 9}, limit=10).data["code"] == CODE
    assert refuse_guessing(question(), {}, limit=10)
    with pytest.raises(TooOften) as refused:
        refuse_guessing(question(), {"kiosk": [10.0 * n for n in range(1, 13)]}, limit=10)
    assert refused.value.field == "code"
    assert refused.value.after == timedelta(seconds=30), "three of twelve must be forgotten before nine are left"


def test_an_empty_code_is_refused() -> None:
    with pytest.raises(Rejected):
        code_key(question("\u200b "))
