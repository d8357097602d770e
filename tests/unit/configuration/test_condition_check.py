"""`when`: conditions over the event as received."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.configuration.condition_check import compile_condition, condition_faults
from lienthong.configuration.faults import Mismatch
from lienthong.envelope import Envelope
from lienthong.processing.condition import Undecided

NOW = datetime(2023, 11, 15, tzinfo=UTC)


def event(**data: Any) -> Envelope:
    return Envelope("1", "office.letter", "office", "L-1", NOW, NOW, data)


@pytest.mark.parametrize(
    ("expression", "true"),
    [
        ('type == "office.letter" && source == "office"', True),
        ('subject.startsWith("L-")', True),
        ('data.kind == "letter"', True),
        ('data["kind"] == "card"', False),
        ("has(data.kind) && !has(data.nothing)", True),
        ('has(data.place.town) && data.place.town == "Huế"', True),
        ("data.pages.exists(page, page > 2)", True),
        ("size(data) == 3", True),
        ('data.kind in ["card", "letter"]', True),
        ('"data.secret" == data.kind', False),
    ],
)
def test_a_condition_sees_type_source_subject_and_data(expression: str, true: bool) -> None:
    condition = compile_condition(expression)
    assert condition.holds(event(kind="letter", place={"town": "Huế"}, pages=[1, 3])) is true


def test_a_missing_key_is_undecided_and_named() -> None:
    with pytest.raises(Undecided) as undecided:
        compile_condition('data.place.town == "Huế"').holds(event(place={}))
    assert undecided.value.field == "town"


def test_a_key_that_is_text_of_the_event_is_never_shown() -> None:
    with pytest.raises(Undecided) as undecided:
        compile_condition("data.names[data.identity] == 1").holds(event(names={}, identity="052099001234"))
    assert undecided.value.field is None
    assert "052099001234" not in str(undecided.value)


def test_types_that_do_not_compare_are_undecided() -> None:
    with pytest.raises(Undecided):
        compile_condition("data.pages > 2").holds(event(pages="three"))


def test_an_answer_that_is_no_truth_value_is_undecided() -> None:
    with pytest.raises(Undecided):
        compile_condition("data.kind").holds(event(kind="letter"))


def test_a_condition_with_faults_cannot_be_made() -> None:
    with pytest.raises(Mismatch):
        compile_condition("data.kind = 1")


@given(st.text(max_size=60) | st.text(alphabet="data.kind()[]{}!=<>&|?:'\"+-*/0123 in", max_size=80))
def test_whatever_is_written_there_is_an_answer_and_no_exception(expression: str) -> None:
    for fault in condition_faults(expression):
        assert fault.code.startswith("LT40")


@given(st.dictionaries(st.sampled_from(["kind", "pages", "place"]), st.none() | st.integers() | st.text(max_size=5)))
def test_whatever_an_event_holds_the_answer_is_yes_no_or_undecided(data: dict[str, Any]) -> None:
    condition = compile_condition('data.kind == "letter" && data.pages > 2 || data.place.town == "Huế"')
    try:
        assert condition.holds(event(**data)) in (True, False)
    except Undecided as undecided:
        assert undecided.error
