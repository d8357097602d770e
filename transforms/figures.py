"""Figures as reports print them: rounded half up, written the Vietnamese way."""

from decimal import ROUND_HALF_UP, Decimal


def percentage(numerator: int, denominator: int, *, places: int = 0) -> Decimal | None:
    """`numerator` in percent of `denominator`, rounded half up; None when there is nothing to be a part of."""
    if denominator == 0:
        return None
    return _round(Decimal(100 * numerator) / Decimal(denominator), places)


def growth(current: int, before: int, *, places: int = 0) -> Decimal | None:
    """The change from `before` to `current` in percent of `before`, rounded half up; None when there was nothing."""
    return percentage(current - before, before, places=places)


def number_text(number: int) -> str:
    """1234567 as `1.234.567`."""
    return f"{number:,}".replace(",", ".")


def percent_text(percent: Decimal | None, *, signed: bool = False) -> str:
    """12.5 as `12,5%`, with `signed` as `+12,5%`; `–` when there is no percentage."""
    if percent is None:
        return "–"
    return f"{percent:{'+' if signed else ''},f}".translate(str.maketrans(",.", ".,")) + "%"


def _round(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
