"""Figures: rounded half up and written the Vietnamese way, as the province's own reports round them (R77, R78)."""

from decimal import Decimal

import pytest

from transforms.figures import growth, number_text, percent_text, percentage


@pytest.mark.parametrize(
    ("numerator", "denominator", "places", "percent"),
    [
        (133_136, 139_788, 0, "95"),
        (32_888, 80_822, 0, "41"),
        (1, 8, 0, "13"),  # 12.5: half goes up, where banker's rounding would give 12
        (1, 8, 1, "12.5"),
        (1, 3, 2, "33.33"),
        (0, 7, 0, "0"),
        (1_005, 100_000, 2, "1.01"),  # 1.005 is below one half in binary floating point
    ],
)
def test_percentages_round_half_up(numerator: int, denominator: int, places: int, percent: str) -> None:
    assert percentage(numerator, denominator, places=places) == Decimal(percent)


def test_the_growth_of_online_dossiers_is_that_of_the_report() -> None:
    assert percent_text(growth(80_822, 45_178), signed=True) == "+79%"


def test_a_loss_is_rounded_away_from_nothing_too() -> None:
    assert percent_text(growth(7, 8, places=0), signed=True) == "-13%"


def test_there_is_no_percentage_of_nothing() -> None:
    assert (percentage(3, 0), growth(3, 0), percent_text(None)) == (None, None, "–")


def test_numbers_have_points_between_thousands_and_percentages_a_decimal_comma() -> None:
    assert (number_text(1_234_567), number_text(12), number_text(-1_000)) == ("1.234.567", "12", "-1.000")
    assert (percent_text(Decimal("12.5")), percent_text(Decimal("1234.50"))) == ("12,5%", "1.234,50%")
