"""How many events each source brought on each of the last days, from the balance."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from lienthong.ledger.records import Balance


def received_by_day(balance: Balance, today: date, days: int) -> Mapping[str, Sequence[tuple[str, int]]]:
    """By source, (local day as YYYY-MM-DD, events received), the oldest day first and `today` last."""
    shown = [(today - timedelta(days=back)).isoformat() for back in range(days - 1, -1, -1)]
    found: dict[str, list[tuple[str, int]]] = {}
    for source in balance.sources:
        accounts = [(day, balance.days.get((source, day))) for day in shown]
        found[source] = [(day, account.received if account else 0) for day, account in accounts]
    return found
