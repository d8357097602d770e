"""The steps of a check at the counter: every combination of what is known, and what is not."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from lienthong.envelope import Envelope
from lienthong.ports import NotKnown
from schemas.requests.counter_checks import AcknowledgementAnswer, Answer
from transforms import counter_answers
from transforms.counter_checks import MESSAGE

NOON = datetime(2024, 3, 15, 5, tzinfo=UTC)
CITIZEN = "052085001234"
LATE = NotKnown("Cổng không trả lời kịp")
READ = {"register": "2024-03-15T04:55:00+00:00", "catalogue": "2024-03-15T00:00:00+00:00"}


def question(**fields: Any) -> Envelope:
    given = {"citizen_id": f" {CITIZEN}", "procedure": "1.000656.000.00.00.H08", "agency": "A", "officer": "B"}
    data = {**given, "at": None, "client": "igate", **fields}
    return Envelope("check-1", "counter-check.v1", "request.counter-checks", "check-1", NOON, NOON, data)


def period(starts_on: str = "2010-01-01", ends_on: str | None = None, **more: Any) -> dict[str, Any]:
    given = {"staff_no": "A1", "agency": "H08.07", "category": "CC", "starts_on": starts_on, "ends_on": ends_on}
    return {**given, "updated_at": "2024-01-01T00:00:00.000000Z", **more}


def version(online_level: str = "full") -> dict[str, Any]:
    return {"online_level": online_level}


def answer(
    asked: Envelope,
    periods: Sequence[Mapping[str, Any]] = (),
    in_force: Mapping[str, Any] | None = None,
    accounts: Mapping[str, Any] = LATE,
    read: Mapping[str, Any] = READ,
) -> dict[str, Any]:
    """The answer, whose shape is checked."""
    found = counter_answers.find_person(asked, {CITIZEN: periods} if periods else {})
    found = counter_answers.find_procedure(found, {counter_answers.procedure(asked)[0]: in_force} if in_force else {})
    found = counter_answers.find_account(found, accounts)
    found = counter_answers.date_answer(found, read)
    assert (found.id, found.type) == (asked.id, asked.type)
    assert {key: value for key, value in found.data.items() if key != "answer"} == asked.data
    return Answer.model_validate(found.data["answer"]).model_dump(mode="json")


def test_a_civil_servant_who_could_file_online_is_reminded() -> None:
    assert answer(question(), [period()], version(), {CITIZEN: True}) == {
        "check_id": "check-1",
        "civil_servant": True,
        "staff_kind": "CC",
        "staff_agency": "H08.07",
        "procedure_online": "full",
        "portal_account": "found",
        "notify": True,
        "message": MESSAGE,
        "data_as_of": "2024-03-15T00:00:00Z",
    }


@pytest.mark.parametrize("level", [None, "information", "partial", "full"])
@pytest.mark.parametrize("serves", [True, False])
def test_only_both_together_remind(serves: bool, level: str | None) -> None:
    found = answer(question(), [period()] if serves else [], version(level) if level else None)
    assert found["notify"] is (serves and level in ("partial", "full"))
    assert found["message"] == (MESSAGE if found["notify"] else None)
    assert found["civil_servant"] is serves


@pytest.mark.parametrize("number", [None, "", "000000001", "không có", "05208500123X", "52085001234", "0" * 12])
def test_a_number_that_is_none_or_unknown_is_an_answer(number: str | None) -> None:
    asked = question(citizen_id=number)
    assert counter_answers.citizen(asked) == ()
    found = answer(asked, [], version(), {})
    assert (found["civil_servant"], found["portal_account"], found["notify"]) == (None, "unknown", False)
    assert (found["staff_kind"], found["staff_agency"], found["procedure_online"]) == (None, None, "full")


def test_numbers_and_codes_are_asked_for_in_their_plain_form() -> None:
    asked = question(citizen_id="052.085 001-234", procedure="1.000656.H08")
    assert counter_answers.citizen(asked) == (CITIZEN,)
    assert counter_answers.procedure(asked) == ("1.000656@2024-03-15",)


@pytest.mark.parametrize(
    ("at", "agency", "day"),
    [
        ("2024-01-31T23:59:59+07:00", "H08.07", "2024-01-31"),
        ("2024-01-31T17:00:00Z", "H08.12", "2024-02-01"),
        ("2024-02-29T16:59:59Z", "H08.12", "2024-02-29"),
        ("2024-02-29T17:00:00Z", None, "2024-03-01"),
        ("2009-12-31T16:59:59Z", None, "2009-12-31"),
    ],
)
def test_the_moment_asked_for_decides(at: str, agency: str | None, day: str) -> None:
    periods = [period(ends_on="2024-02-01"), period("2024-02-01", "2024-03-01", agency="H08.12")]
    found = answer(question(at=at), periods, version())
    assert (found["staff_agency"], found["civil_servant"]) == (agency, bool(agency))
    assert counter_answers.procedure(question(at=at)) == (f"1.000656@{day}",)


def test_without_a_moment_it_is_the_present_one() -> None:
    tomorrow = [period("2024-03-16")]
    assert answer(question(), tomorrow)["civil_servant"] is False
    assert answer(question(at="2024-03-15T17:00:00Z"), tomorrow)["civil_servant"] is True


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [({CITIZEN: True}, "found"), ({CITIZEN: False}, "none"), ({}, "unknown"), (LATE, "unknown")],
)
def test_an_account_that_is_not_known_in_time_is_unknown(accounts: Mapping[str, Any], expected: str) -> None:
    assert answer(question(), accounts=accounts)["portal_account"] == expected


@pytest.mark.parametrize("read", [{}, {"register": READ["register"]}, {"catalogue": READ["catalogue"]}, LATE])
def test_the_age_of_what_was_never_read_is_not_known(read: Mapping[str, Any]) -> None:
    assert answer(question(), [period()], version(), read=read)["data_as_of"] is None


def test_a_register_that_is_not_known_in_time_leaves_open_who_it_is() -> None:
    found = counter_answers.find_person(question(), LATE)
    assert found.data["answer"]["civil_servant"] is None


@pytest.mark.parametrize("decision", ["paper", "online"])
def test_an_acknowledgement_has_the_same_answer_each_time(decision: str) -> None:
    answers = []
    for number in range(2):
        data = {"check_id": "check-1", "decision": decision, "client": "igate"}
        asked = Envelope(f"a{number}", "counter-check-acknowledgement.v1", "request.x", "x", NOON, NOON, data)
        found = counter_answers.acknowledge(asked, {"check-1": True})
        assert found is not None
        answers.append(AcknowledgementAnswer.model_validate(found.data["answer"]))
        assert counter_answers.acknowledge(asked, {}) is None
    assert answers[0] == answers[1] == AcknowledgementAnswer(check_id="check-1", decision=decision)
