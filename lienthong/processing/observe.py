"""The hook by which progress is shown."""

from collections.abc import Callable, Sequence

from lienthong.ledger.records import Entry

Observe = Callable[[Sequence[Entry]], None]
"""Called with the entries that were written, after their commit. For progress displays."""


def ignore(_: Sequence[Entry]) -> None:
    """Observe nothing."""
