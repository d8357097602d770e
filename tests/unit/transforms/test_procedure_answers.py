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


def version(online_level: str) -> dict[str, Any]:
    given = {
        "code": "1.000656",
        "effective_from": "2015-01-01",
        "online_level": online_level,
        "name": "Đăng ký khai tử",
    }
    return {**given, "field": "HT", "authentication_level": 2, "components": [COMPONENT], "results": []}


@pytest.mark.parametrize(("on", "day"), [("2015-01-01", "2015-01-01"), (None, "2024-01-14")])
@pytest.mark.parametrize(("level", "online"), [("information", "none"), ("partial", "partial"), ("full", "full")])
def test_the_version_of_the_day_is_the_answer(on: str | None, day: str, level: str, online: str) -> None:
    question = asked(on=on)
    assert procedure_answers.procedure(question) == (f"1.000656@{day}",)
    result = procedure_answers.answer(question, {f"1.000656@{day}": version(level)})
    assert result is not None
    for read, moment in (({}, None), ({"catalogue": "2024-01-13T11:00:00+00:00"}, EVENING.replace(hour=11))):
        found = Answer.model_validate(procedure_answers.date_answer(result, read).data["answer"])
        assert (found.code, found.on.isoformat(), found.online_level) == ("1.000656", day, online)
        assert [each.replaced_by for each in found.components] == [("KQ.G15.000031",)]
        assert found.data_as_of == moment


def test_an_unknown_procedure_is_not_known() -> None:
    assert procedure_answers.answer(asked(), {}) is None
