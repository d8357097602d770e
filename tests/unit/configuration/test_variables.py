"""`${NAME}` in the text of a file."""

import pytest

from lienthong.configuration.variables import substitute


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${A}", "1"),
        ("a${A}b${B}", "a1b"),
        ("${C:-x}", "x"),
        ("${C:-}", ""),
        ("${B:-empty}", "empty"),
        ("${A:-x}", "1"),
        ("$${A}", "${A}"),
        ("$A and $", "$A and $"),
        ("${C:-http://x:1/a?b=c}", "http://x:1/a?b=c"),
        ("${D}", "${A}"),
    ],
)
def test_variables_are_replaced_once(text: str, value: str) -> None:
    assert substitute(text, {"A": "1", "B": "", "D": "${A}"}) == (value, [])


@pytest.mark.parametrize(
    ("text", "code"), [("${C}", "LT108"), ("${}", "LT114"), ("${A", "LT114"), ("${1A}", "LT114"), ("${A:x}", "LT114")]
)
def test_a_variable_that_cannot_be_replaced_is_a_fault(text: str, code: str) -> None:
    assert [fault.code for fault in substitute(text, {"A": "1"})[1]] == [code]
