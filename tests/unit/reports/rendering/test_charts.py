"""Charts of values that are missing: a month without a denominator, a unit without any, nothing at all."""

from decimal import Decimal
from itertools import product
from typing import Literal

import pytest

from lienthong import Chart
from reports.rendering.charts import draw_svg

VALUES = (None, Decimal(0), Decimal("0.5"), Decimal(1))


@pytest.mark.parametrize("kind", ["line", "bar"])
@pytest.mark.parametrize("months", [1, 2, 3])
@pytest.mark.parametrize("percent", [True, False])
@pytest.mark.slow
def test_whatever_values_are_missing_a_chart_is_drawn(kind: Literal["line", "bar"], months: int, percent: bool) -> None:
    names = [f"{month:02}/2024" for month in range(1, months + 1)]
    for first, second in product(product(VALUES, repeat=months), ([None] * months, [Decimal("0.3")] * months)):
        chart = Chart("Tỷ lệ", kind, names, [("Một", first), ("Hai", second)], percent=percent)
        assert bool(draw_svg(chart)) is not chart.is_empty


def test_a_line_without_any_value_is_neither_drawn_nor_named() -> None:
    chart = Chart(
        "Tỷ lệ", "line", ["01/2024", "02/2024"], [("Có số", [1, 2]), ("Không số", [None, None]), ("Ba", [3, 4])]
    )
    drawn = draw_svg(chart)
    assert "Có số" in drawn and "Ba" in drawn
    assert "Không số" not in drawn
