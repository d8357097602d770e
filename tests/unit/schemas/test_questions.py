"""The questions at the counter and at the gates: what they take, and what they refuse and where."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from lienthong.envelope import canonical_json
from schemas.requests import counter_checks, gates, procedures, question_answers

CHECK = {"citizen_id": " 052085001234", "procedure": "1.000656", "agency": "000.00.31.H08", "officer": "Bùi Minh Phúc"}
COMPONENT = {"code": "TP1", "name": "Tờ khai", "digitised": True}
GATE = {"dossier": "A-1", "procedure": "1.000656", "channel": "post", "components": [COMPONENT], "results": []}
SHAPES = (counter_checks, gates, procedures)


def read(model: type[BaseModel], fields: dict[str, Any]) -> Any:
    return model.model_validate_json(canonical_json(fields))


def refused(model: type[BaseModel], fields: dict[str, Any]) -> list[tuple[int | str, ...]]:
    with pytest.raises(ValidationError) as failure:
        read(model, fields)
    return [error["loc"] for error in failure.value.errors()]


@pytest.mark.parametrize(
    "number", [None, "", "000000001", "không có", " 052 085\u00a0001234", "052.085.001-234", "x" * 100]
)
def test_any_text_is_taken_where_a_number_is_due(number: str | None) -> None:
    assert read(counter_checks.Question, {**CHECK, "citizen_id": number}).citizen_id == number


@pytest.mark.parametrize("scanned", ["052085001234\n", "\t052085001234\r\n"])
def test_what_a_scanner_sends_behind_a_number_is_taken_away(scanned: str) -> None:
    assert read(counter_checks.Question, {**CHECK, "citizen_id": scanned}).citizen_id == "052085001234"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59-07:00", 1_700_000_000])
def test_an_answer_is_given_at_a_moment_that_every_calendar_has(moment: object) -> None:
    answer = {"question": "1", "text": "a", "answered_by": "b", "answered_at": moment}
    assert refused(question_answers.Question, answer) == [("answered_at",)]


@pytest.mark.parametrize("number", [52085001234, "x" * 101, "0520\u00008500", "0520\n8500", ["052085001234"], True])
def test_what_is_no_text_of_one_line_is_refused(number: object) -> None:
    assert refused(counter_checks.Question, {**CHECK, "citizen_id": number}) == [("citizen_id",)]


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2024-03-15T09:30:00+07:00", datetime(2024, 3, 15, 2, 30, tzinfo=UTC)),
        ("2024-03-15t02:30:00.5z", datetime(2024, 3, 15, 2, 30, 0, 500_000, tzinfo=UTC)),
        ("2024-02-29T00:00:00-12:00", datetime(2024, 2, 29, 12, tzinfo=UTC)),
        (None, None),
    ],
)
def test_a_moment_is_kept_in_utc(written: str | None, moment: datetime | None) -> None:
    assert read(counter_checks.Question, {**CHECK, "at": written}).at == moment


@pytest.mark.parametrize(
    "written",
    [
        *("2024-03-15T09:30:00", "2024-03-15", "2024-03-15 09:30:00Z", "1710000000", 1710000000, "", "now"),
        *("2024-02-30T00:00:00Z", "2024-03-15T25:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
        *("2024-03-15T09:30:00+99:99", "2024-03-15T09:30:00Z\n", "٢٠٢٤-03-15T09:30:00Z"),
    ],
)
@pytest.mark.parametrize(("model", "fields"), [(counter_checks.Question, CHECK), (gates.Question, GATE)])
def test_a_moment_without_an_offset_or_of_no_real_year_is_refused(
    model: type[BaseModel], fields: dict[str, Any], written: object
) -> None:
    assert refused(model, {**fields, "at": written}) == [("at",)]


@pytest.mark.parametrize("written", ["2024-02-30", "15/03/2024", "20240315", "2024-03-15T00:00:00Z", "0001-01-01", 7])
def test_what_is_no_day_is_refused(written: object) -> None:
    assert refused(procedures.Question, {"code": "1.000656", "on": written}) == [("on",)]
    assert read(procedures.Question, {"code": "1.000656", "on": "2024-02-29"}).on == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("changed", "located"),
    [
        ({"channel": "fax"}, [("channel",)]),
        ({"components": [{**COMPONENT, "digitised": "yes"}]}, [("components", 0, "digitised")]),
        ({"components": [COMPONENT] * 501}, [("components",)]),
        ({"results": [{"code": "KQ", "digest": ""}]}, [("results", 0, "digest")]),
        ({"classified": 1}, [("classified",)]),
        ({"other": 1}, [("other",)]),
        ({"dossier": "x" * 101}, [("dossier",)]),
        ({"dossier": "x" * 100 + "\u00ad"}, [("dossier",)]),
    ],
)
def test_a_question_at_a_gate_is_refused_where_it_is_wrong(
    changed: dict[str, Any], located: list[tuple[int | str, ...]]
) -> None:
    assert refused(gates.Question, {**GATE, **changed}) == located


@pytest.mark.parametrize("shapes", SHAPES)
def test_every_field_is_described_in_two_languages_with_an_example(shapes: Any) -> None:
    models = [each for each in vars(shapes).values() if isinstance(each, type) and each.__module__ == shapes.__name__]
    assert models
    for model in models:
        assert "\n\n" in str(model.__doc__)
        for name, field in model.model_fields.items():
            english, _, vietnamese = str(field.description).partition("\n\n")
            assert english, name
            assert not vietnamese.isascii(), name
            assert field.examples or "[" in str(field.annotation), name


@pytest.mark.parametrize(
    ("model", "name", "kind"),
    [(counter_checks.Question, "citizen_id", "identity"), (counter_checks.Question, "officer", "name")],
)
def test_what_is_personal_is_marked(model: type[BaseModel], name: str, kind: str) -> None:
    assert f"'x-personal': '{kind}'" in str(model.model_json_schema()["properties"][name])
