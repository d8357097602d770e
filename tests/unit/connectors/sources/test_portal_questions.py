"""Questions and petitions of the portal: the whole list at each poll, in pages, each record with its key."""

from typing import Any

import pytest

from connectors.sources.portal_questions import Petitions, Questions
from tests.contract.answers_sink import LOGIN
from tests.fake_systems import (
    FakeQuestions,
    FakeServer,
    json_reply,
    make_site,
    poll_completely,
    poll_until_failure,
    record_keys,
)

ASKED = "LayDanhSachHoiDapGuiTuDVCQG"


def make_source(*items: Any) -> tuple[Questions, FakeServer]:
    portal = FakeQuestions()
    portal.items = list(items)
    server = FakeServer(portal)
    return Questions(make_site(), server.http(), url="http://portal", service=ASKED, **LOGIN), server


def test_every_question_is_a_record_and_one_without_a_code_too() -> None:
    source, server = make_source({"HOIDAPID": 7}, {"HOIDAPID": "8"}, {"NOIDUNG": "?"}, "chữ")
    records, cursor = poll_completely(source, {})
    assert record_keys(records) == {"7", "8", ""}
    assert {record.type for record in records} == {"portal.question"}
    assert len(records) == 4
    assert len(server.requests) == 2  # the login, and one call
    assert Questions.describe_cursor(cursor).startswith("15/11/2023")


def test_a_long_list_comes_in_pages() -> None:
    source, _ = make_source(*({"HOIDAPID": str(number)} for number in range(450)))
    assert [len(page.records) for page in source.poll({})] == [200, 200, 50, 0]


@pytest.mark.parametrize("reply", [{"error_code": 0, "result": 5}, {"error_code": 0}, {"error_code": "-1"}])
def test_what_is_no_list_is_a_failure_and_the_cursor_stays(reply: dict[str, Any]) -> None:
    source, server = make_source()
    server.fault = lambda number, _: json_reply(reply) if number else None
    _, cursor, failure = poll_until_failure(source, {"through": "2023-11-01T00:00:00+00:00"})
    assert failure is not None
    assert cursor == {"through": "2023-11-01T00:00:00+00:00"}


def test_petitions_are_asked_for_by_the_service_of_the_configuration() -> None:
    portal = FakeQuestions("AnyService")
    portal.items = [{"PAKNID": "PA-1"}]
    source = Petitions(make_site(), FakeServer(portal).http(), url="http://portal", service="AnyService", **LOGIN)
    (record,) = poll_completely(source, {})[0]
    assert (record.type, record.key) == ("portal.petition", "PA-1")
