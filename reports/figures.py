"""Shares in tables and sentences, rounded half up to hundredths of a percent."""

from decimal import ROUND_HALF_UP, Decimal

NO_SHARE = "–"
"""What stands where there is nothing to be a part of: not 0%."""


def share(numerator: int, denominator: int) -> Decimal | str:
    """A ratio for a percent column (0.5107 is 51,07%), or `–` when the denominator is 0."""
    if denominator == 0:
        return NO_SHARE
    return (Decimal(numerator) / denominator).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def share_text(numerator: int, denominator: int) -> str:
    """The same in a sentence: `51,07%`."""
    ratio = share(numerator, denominator)
    return ratio if isinstance(ratio, str) else f"{ratio * 100:.2f}%".replace(".", ",")


def number_text(number: int) -> str:
    """139788 as `139.788`."""
    return f"{number:,}".replace(",", ".")
