"""Answers that are pushed to the portal: what is sent, and what the portal's replies mean."""

import json
from typing import Any

import pytest

from connectors.sinks.portal_answers import PortalAnswers
from lienthong.outcome import Dead, Done, Later
from tests.contract.answers_sink import LOGIN
from tests.contract.sinks_contract import UntouchableTransaction
from tests.fake_systems import FakeQuestions, FakeServer, make_site
from tests.unit.schemas.test_wire import sample
from tests.unit.store.events import question_answer


def make_sink(**refused: Any) -> tuple[PortalAnswers, FakeServer, FakeQuestions]:
    portal = FakeQuestions()
    portal.refused = refused
    server = FakeServer(portal)
    return PortalAnswers(make_site(), server.http(), url="http://portal", **LOGIN), server, portal


def deliver(sink: PortalAnswers, *envelopes: Any) -> Any:
    return sink.deliver(envelopes, UntouchableTransaction())


def test_what_is_sent_has_the_form_of_the_portal() -> None:
    sink, _, portal = make_sink()
    at = {"answer": {"answered_at": "2023-11-16T02:00:00Z"}}
    deliver(sink, question_answer(position="Chuyên viên", text="Nội dung trả lời", **at))
    (expected,) = sample("dvcqg_13_hoidap.json")["request_answer"]["data"]
    assert portal.answers["1001"] == expected


def test_a_question_without_an_agency_is_answered_in_the_name_of_the_province() -> None:
    sink, _, portal = make_sink()
    deliver(sink, question_answer(addressed_to=None))
    assert (portal.answers["1001"]["MADONVI"], portal.answers["1001"]["CHUCVUNGUOITRALOI"]) == ("H08", "")


@pytest.mark.parametrize("code", [1, "3", -3])
def test_an_answer_that_the_portal_has_already_is_delivered(code: object) -> None:
    sink, _, _ = make_sink(**{"1": {"error_code": code, "message": "Câu trả lời đã tồn tại"}})
    (outcome,) = deliver(sink, question_answer("1"))
    assert isinstance(outcome, Done)


def test_a_reply_without_words_of_success_is_none() -> None:
    sink, _, _ = make_sink(**{"1": {"error_code": 0, "message": "Đang xử lý"}})
    assert isinstance(deliver(sink, question_answer("1"))[0], Later)


def test_a_refused_answer_waits_and_costs_no_other() -> None:
    sink, _, portal = make_sink(**{"2": {"error_code": "-1", "message": "Lỗi: NGUYỄN VĂN MẪU"}})
    outcomes = deliver(sink, *map(question_answer, "123"))
    assert [type(outcome) for outcome in outcomes] == [Done, Later, Done]
    assert not outcomes[1].outage
    assert "MẪU" not in outcomes[1].why
    assert set(portal.answers) == {"1", "3"}


def test_once_the_portal_is_away_the_rest_waits_without_a_call() -> None:
    sink, server, _ = make_sink()
    server.fail_after(2)  # the login and the first answer
    outcomes = deliver(sink, *map(question_answer, "12345"))
    assert [type(outcome) for outcome in outcomes] == [Done, Later, Later, Later, Later]
    assert all(outcome.outage for outcome in outcomes[1:])
    assert len({json.loads(request.content)["data"][0]["HOIDAPID"] for request in server.requests[1:]}) == 2


def test_an_answer_that_lacks_what_the_portal_needs_is_dead() -> None:
    sink, _, _ = make_sink()
    for facts in ({"answer": {}}, {"answer": {"answered_at": "hôm qua"}}, {"answer": None}):
        (outcome,) = deliver(sink, question_answer(**facts))
        assert isinstance(outcome, Dead)


def test_an_answer_whose_moment_lies_beyond_the_calendar_is_dead_alone() -> None:
    sink, _, _ = make_sink()
    dead, done = deliver(sink, question_answer(answer={"answered_at": "9999-12-31T23:59:59Z"}), question_answer("2"))
    assert isinstance(dead, Dead) and dead.field == "answer.answered_at"
    assert isinstance(done, Done)
