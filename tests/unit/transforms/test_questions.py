"""Questions and petitions: every spelling of their rows, and answers that officers' systems give."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lienthong.envelope import Envelope
from lienthong.errors import Rejected
from schemas.canonical.petition_v1 import Petition
from schemas.canonical.question_v1 import Question
from schemas.requests import question_answers as shapes
from tests.unit.schemas.test_wire import sample
from tests.unit.transforms.recorded_events import load_table, received_event
from transforms import petitions, question_answers, questions

AGENCIES = load_table("competent-agencies")
(SAMPLE,) = sample("dvcqg_13_hoidap.json")["response_list"]["result"]
NOON = datetime(2023, 11, 15, 5, tzinfo=UTC)
PETITION = {"PAKNID": "PA-1", "NOIDUNGPAKN": "Không ai hướng dẫn", "NGAYTIEPNHAN": "20231106080000"}


def question(**changed: Any) -> dict[str, Any]:
    event = questions.from_portal(received_event("questions", "1001", {**SAMPLE, **changed}), agencies=AGENCIES)
    assert event.type == "question.v1"
    assert Question.model_validate(event.data)
    return dict(event.data)


def petition(**changed: Any) -> tuple[datetime, dict[str, Any]]:
    event = petitions.from_portal(received_event("petitions", "PA-1", {**PETITION, **changed}), agencies=AGENCIES)
    assert event.type == "petition.v1"
    assert Petition.model_validate(event.data)
    return event.time, dict(event.data)


def test_the_sample_of_the_portal_becomes_a_question() -> None:
    assert question() == {
        "code": "1001",
        "field": "G15-HT02",
        "procedure": None,
        "addressed_to": "H08",
        "addressed_name": "UBND tỉnh Bình Định",
        "text": "Đăng ký khai sinh quá hạn cần giấy tờ gì?",
        "asker_name": "NGUYỄN VĂN MẪU",
        "asker_address": "TP Quy Nhơn",
        "asker_email": "mau@example.vn",
        "asker_phone": "0900000001",
        "agency": "H08",
        "routed_by": "field",
        "state": "open",
        "reply": None,
        "reply_code": None,
        "observed_at": "2023-11-15T05:00:00Z",
    }


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({"TRANGTHAI": 0}, "open"),
        ({"TRANGTHAI": ""}, "open"),
        ({"TRANGTHAI": None}, "open"),
        ({"NOIDUNGTRALOI": "Có."}, "answered"),
        ({"TRALOIID": 5, "TRANGTHAI": "0"}, "answered"),
        ({"TRANGTHAI": "1"}, "published"),
        ({"TRANGTHAI": True, "NOIDUNGTRALOI": "Có."}, "published"),
    ],
)
def test_the_state_of_a_question_follows_from_its_reply_and_its_publication(
    changed: dict[str, Any], state: str
) -> None:
    assert question(**changed)["state"] == state


def test_rows_in_other_types_are_read() -> None:
    found = question(HOIDAPID=1001, SODIENTHOAI=900000001, MATTHCDP=" 1.000656.000.00.00.H08 ", MADONVI=["H08.31"])
    assert (found["code"], found["asker_phone"], found["procedure"]) == ("1001", "900000001", "1.000656")
    assert found["addressed_to"] == "H08.31"
    assert question(DIACHI={"xã": {"a": 1}})["quality"] == ["shape-unclear"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"HOIDAPID": ""}, "HOIDAPID"),
        ({"HOIDAPID": None}, "HOIDAPID"),
        ({"NOIDUNG": " \u200b"}, "NOIDUNG"),
        ({"NOIDUNG": 5}, "NOIDUNG"),
    ],
)
def test_a_question_without_code_or_text_is_refused(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Rejected) as raised:
        question(**changed)
    assert raised.value.field == field


def test_a_petition_has_the_moments_of_its_clocks_in_utc_and_the_latest_is_its_time() -> None:
    time, found = petition(
        NGAYYEUCAUBOSUNG="2023-11-07T08:00:00",
        NGAYBOSUNG="08/11/2023 08:00:00",
        NGAYTRALOI=20231113080000,
        NGAYCONGKHAI="20231114080000",
    )
    assert [found[name] for name in petitions._MOMENTS] == [
        "2023-11-06T01:00:00Z",
        None,
        "2023-11-07T01:00:00Z",
        "2023-11-08T01:00:00Z",
        "2023-11-13T01:00:00Z",
        "2023-11-14T01:00:00Z",
    ]
    assert time == datetime(2023, 11, 14, 1, tzinfo=UTC)
    assert "quality" not in found


@pytest.mark.parametrize(
    ("changed", "quality"),
    [
        ({"NGAYTIEPNHAN": ""}, ["received-unknown"]),
        ({"NGAYTRALOI": "20231105080000"}, ["moments-out-of-order"]),
        ({"NGAYTUCHOI": "20231107080000", "NGAYCONGKHAI": "20231108080000"}, None),
        ({"NGAYTRALOI": "20291105080000"}, ["date-in-future"]),
        ({"NGAYTIEPNHAN": "19700101000000"}, ["date-too-old"]),
    ],
)
def test_moments_that_cannot_be_are_flagged(changed: dict[str, Any], quality: list[str] | None) -> None:
    time, found = petition(**changed)
    assert found.get("quality") == quality
    assert time <= NOON


@pytest.mark.parametrize(("kind", "read"), [("1", "procedure"), (2, "conduct"), ("", None), ("9", None), (None, None)])
def test_the_kind_of_a_petition(kind: object, read: str | None) -> None:
    assert petition(LOAIPAKN=kind)[1]["kind"] == read


@pytest.mark.parametrize("field", ["PAKNID", "NOIDUNGPAKN"])
def test_a_petition_without_code_or_statement_is_refused(field: str) -> None:
    with pytest.raises(Rejected) as raised:
        petition(**{field: ""})
    assert raised.value.field == field


FOUND = {"1001": {"addressed_to": "H08", "agency": "H08.08", "state": "open"}}


def asked(**changed: Any) -> Envelope:
    fields = {"question": "1001", "text": "Cần tờ khai.", "answered_by": "Trần Thị Mẫu", **changed}
    data = shapes.Question.model_validate(fields).model_dump(mode="json")
    return Envelope("e1", shapes.TYPE, "request.question-answers", "e1", NOON, NOON, {**data, "client": "motcua"})


def test_an_answer_is_taken_on_with_what_the_portal_needs() -> None:
    event = question_answers.answer(asked(), FOUND)
    assert event is not None
    assert event.data["addressed_to"] == "H08"
    assert shapes.Answer.model_validate(event.data["answer"])
    assert event.data["answer"] == {
        "answer_id": "e1",
        "question": "1001",
        "agency": "H08.08",
        "state": "open",
        "answered_at": "2023-11-15T05:00:00Z",
    }


def test_the_moment_of_an_answer_may_be_given_and_lies_not_in_the_future() -> None:
    early = (NOON - timedelta(days=1)).isoformat()
    event = question_answers.answer(asked(answered_at=early), FOUND)
    assert event is not None and event.data["answer"]["answered_at"] == "2023-11-14T05:00:00Z"
    with pytest.raises(Rejected, match="tương lai"):
        question_answers.answer(asked(answered_at=(NOON + timedelta(hours=1)).isoformat()), FOUND)


def test_a_question_that_is_not_known_has_no_answer() -> None:
    assert question_answers.answer(asked(), {}) is None
