"""What changed between two documents is stated figure by figure."""

from typing import Any

import pytest

from transforms.report_changes import changes


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"total": 1}, {"total": 1}, []),
        ({"total": 1}, {"total": 2}, [("total", 1, 2)]),
        ({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}}, [("a.b", 1, None), ("a.c", 2, 3)]),
        ({"rate": None}, {"rate": {"numerator": 1}}, [("rate.numerator", None, 1)]),
        ({"cases": ["A", "B"]}, {"cases": ["B", "C"]}, [("cases.+", None, ["C"]), ("cases.-", ["A"], None)]),
        ({"cases": ["A", "B"]}, {"cases": ["B", "A"]}, [("cases", ["A", "B"], ["B", "A"])]),
        (
            {"letters": [{"unit": "1", "cases": 2}, {"unit": "2", "cases": 1}]},
            {"letters": [{"unit": "2", "cases": 3}]},
            [("letters.1.cases", 2, None), ("letters.1.unit", "1", None), ("letters.2.cases", 1, 3)],
        ),
        ({"rows": [[1, 1], [2]]}, {"rows": [[1, 1], [3]]}, [("rows.1.+", None, [3]), ("rows.1.-", [2], None)]),
        ({"trend": [1, 1, 2]}, {"trend": [1, 1, 3]}, [("trend.2", 2, 3)]),
        ({}, {"empty": []}, [("empty", None, [])]),
    ],
)  # fmt: skip
def test_a_change_has_its_path_and_both_values(before: Any, after: Any, expected: list[tuple[str, Any, Any]]) -> None:
    assert [tuple(one) for one in changes(before, after)] == expected
