"""How many examples a test tries that needs another number of them than the others."""

from hypothesis import settings


def examples(number: int) -> int:
    """So many in the whole suite, and in `make quick` the same share of them as of all others."""
    return max(number * settings().max_examples // 100, 5)
