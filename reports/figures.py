"""Figures as Vietnamese readers write them: `1.234`, `51,07%`.

Shares are rounded half up to hundredths of a percent.
"""

from decimal import ROUND_HALF_UP, Decimal

NO_SHARE = "–"
"""What is printed instead of a share of nothing: not 0%."""

_VIETNAMESE = str.maketrans(",.", ".,")


def format_number(number: int | float | Decimal) -> str:
    """139788 as `139.788`, 1234.5 as `1.234,5`."""
    text = f"{number:,}" if isinstance(number, int) else f"{number:,f}"
    return text.translate(_VIETNAMESE)


def format_percent(ratio: float | Decimal) -> str:
    """0.5107 as `51,07%`."""
    return format_number((Decimal(str(ratio)) * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)) + "%"


def share(numerator: int, denominator: int) -> Decimal | str:
    """A ratio for a percent column (0.5107 is 51,07%), or `–` when the denominator is 0."""
    if denominator == 0:
        return NO_SHARE
    return (Decimal(numerator) / denominator).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def format_share(numerator: int, denominator: int) -> str:
    """A ratio in a sentence: `51,07%`, or `–` when the denominator is 0."""
    ratio = share(numerator, denominator)
    return ratio if isinstance(ratio, str) else format_percent(ratio)
