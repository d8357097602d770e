"""The balance: where every received event is now, by source, by local day, and by stage."""

from contextlib import suppress
from typing import Any

from lienthong.errors import Transient
from lienthong.ledger.records import KEPT_FROM, Account, Balance
from lienthong.ports import Ledger


def current_balance(ledger: Ledger) -> Balance:
    """The balance now. Where much came since sums were kept, they are kept, so that the next one costs less."""
    with suppress(Transient):
        ledger.keep_sums(at_least=KEPT_FROM)
    return ledger.balance()


def balance_total(balance: Balance) -> Account:
    """All sources together."""
    accounts = balance.sources.values()
    return Account(
        received=sum(account.received for account in accounts),
        delivered=sum(account.delivered for account in accounts),
        dropped=sum(account.dropped for account in accounts),
        dead=sum(account.dead for account in accounts),
        in_flight=sum(account.in_flight for account in accounts),
    )


def balance_json(balance: Balance) -> dict[str, Any]:
    """The form of `balance.json`. Sources are counted in events, stages in turns; a day is YYYY-MM-DD, local."""
    days: dict[str, dict[str, Any]] = {}
    for (source, day), account in sorted(balance.days.items()):
        days.setdefault(source, {})[day] = account_json(account)
    return {
        "sources": {name: account_json(account) for name, account in sorted(balance.sources.items())},
        "stages": {name: account_json(account) for name, account in balance.stages.items()},
        "days": days,
        "faults": list(balance.faults),
    }


def account_json(account: Account) -> dict[str, int]:
    """One line of the balance. A `difference` other than 0 is an alarm."""
    return {
        "received": account.received,
        "delivered": account.delivered,
        "dropped": account.dropped,
        "dead": account.dead,
        "in_flight": account.in_flight,
        "difference": account.difference,
    }
