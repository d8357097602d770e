"""The patterns of the schemas, as an editor searches them in a text."""

import re
from datetime import timedelta

import pytest

from lienthong.configuration.json_schema import vocabulary as v


def accepts(schema: v.Schema, text: str) -> bool:
    return re.search(schema["pattern"], text) is not None


@pytest.mark.parametrize("text", ["", "a", "$", "a $ b", "$${x}", "${A}", "a${A_1:-b c}d", "${A:-}", "$A", "a$"])
def test_texts_and_variables_are_accepted(text: str) -> None:
    assert accepts(v.text(substituted=True), text)


@pytest.mark.parametrize("text", ["${", "${}", "${1A}", "${A:x}", "a ${A", "${A b}"])
def test_a_malformed_variable_is_refused(text: str) -> None:
    assert not accepts(v.text(substituted=True), text)


def test_a_literal_text_may_contain_anything() -> None:
    assert "pattern" not in v.text(substituted=False)


@pytest.mark.parametrize(
    ("text", "expected"), [("5s", True), ("500ms", True), ("5", False), ("a minute", False), ("${PAUSE:-5s}", True)]
)
def test_a_duration_has_a_unit_or_is_a_variable(text: str, expected: bool) -> None:
    assert accepts(v.duration_text(), text) is expected


def test_a_duration_that_may_not_be_zero_is_not() -> None:
    schema = v.duration_text(may_be_zero=False)
    assert [accepts(schema, text) for text in ("0s", "000ms", "10s", "01s")] == [False, False, True, True]


def test_a_rung_is_a_wait_of_the_ladder_in_any_unit() -> None:
    schema = v.rung([timedelta(minutes=2), timedelta(hours=1)])
    assert [accepts(schema, text) for text in ("2m", "120s", "120000ms", "1h", "60m")] == [True] * 5
    assert [accepts(schema, text) for text in ("3m", "12m", "2h")] == [False] * 3


def test_a_choice_without_values_accepts_every_text() -> None:
    assert v.choice([], substituted=True) == {"type": "string", "minLength": 1}


def test_nothing_is_added_to_what_a_schema_accepts() -> None:
    assert v.nullable({"type": "string"}) == {"type": ["string", "null"]}
    assert v.nullable({}) == {}
    assert v.nullable({"enum": ["a"]}) == {"if": {"type": "null"}, "then": {}, "else": {"enum": ["a"]}}
