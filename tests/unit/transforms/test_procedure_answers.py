"""What holds for a procedure on a day: the version in force, and none before the first one."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lienthong.envelope import Envelope
from schemas.requests.procedures import Answer
from transforms import procedure_answers

EVENING = datetime(2024, 1, 13, 17, tzinfo=UTC)
"""Already 14/01/2024 in Vietnam."""
COMPONENT = {"code": "TP2", "name": "Giấy khai sinh", "replaced_by": ["KQ.G15.000031"]}


def asked(code: str = "1.000656.000.00.00.H08", on: str | None = None) -> Envelope:
    data = {"code": code, "on": on, "client": "igate"}
    return Envelope("p1", "procedure-lookup.v1", "request.procedure-lookups", "p1", EVENING, EVENING, data)


def version(effective_from: str, online_level: str, **more: Any) -> dict[str, Any]:
    given = {"effective_from": effective_from, "online_level": online_level, "name": "Đăng ký khai tử", "field": "HT"}
    return {**given, "authentication_level": 2, "components": [COMPONENT], "results": [], **more}


VERSIONS = {"1.000656": [version("2015-01-01", "information"), version("2024-01-14", "full")]}


def answer(envelope: Envelope, found: dict[str, Any] = VERSIONS, read: dict[str, str] | None = None) -> Answer:
    result = procedure_answers.answer(envelope, found)
    assert result is not None
    return Answer.model_validate(procedure_answers.date_answer(result, read or {}).data["answer"])


@pytest.mark.parametrize(
    ("on", "since", "level"),
    [
        ("2015-01-01", "2015-01-01", "none"),
        ("2024-01-13", "2015-01-01", "none"),
        ("2024-01-14", "2024-01-14", "full"),
        (None, "2024-01-14", "full"),
        ("2190-01-01", "2024-01-14", "full"),
    ],
)
def test_the_version_of_the_day_is_the_answer(on: str | None, since: str, level: str) -> None:
    found = answer(asked(on=on))
    assert (found.code, found.effective_from.isoformat(), found.online_level) == ("1.000656", since, level)
    assert found.on.isoformat() == on or "2024-01-14"
    assert [each.replaced_by for each in found.components] == [("KQ.G15.000031",)]


def test_an_unknown_procedure_and_one_that_does_not_hold_yet_are_not_known() -> None:
    assert procedure_answers.code(asked()) == ("1.000656",)
    assert procedure_answers.answer(asked(), {}) is None
    assert procedure_answers.answer(asked(on="2014-12-31"), VERSIONS) is None


def test_the_age_of_the_catalogue_is_stated() -> None:
    assert answer(asked()).data_as_of is None
    assert answer(asked(), read={"catalogue": "2024-01-13T11:00:00+00:00"}).data_as_of == EVENING.replace(hour=11)
