"""The balance: two accounts of the same events, compared.

The postings are sums for each block. The entries tell the same facts event by event. Both are written together; where
they differ, an event was lost, duplicated or changed. The sums of both are kept; what is added here was written since.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lienthong.adapters.sql.predicates import STAGE_PREFIXES
from lienthong.adapters.sql.sums import Sums
from lienthong.ledger.records import Account, Balance
from lienthong.messages import message, message_n


class _DayCounts(NamedTuple):
    """One source and local day by the entries: events by their state, and stages that are still open for them."""

    states: Mapping[str, int]
    open_stages: int


def compute_balance(sums: Sums) -> Balance:
    """Both accounts side by side, by source and day, and by stage. Faults are sentences for the reader."""
    by_postings = _by_day(sums, "account")
    faults: list[str] = []
    days: dict[tuple[str, str], Account] = {}
    for (source, day), states in sorted(_by_day(sums, "state").items()):
        accounts = by_postings.pop((source, day), {})
        counts = _DayCounts(states, states["open"])
        days[source, day] = Account(
            received=-accounts.get(f"world.{source}", 0),
            delivered=states["delivered"],
            dropped=states["dropped"],
            dead=states["dead"],
            in_flight=states["in_flight"],
        )
        faults += _day_faults(source, day, accounts=accounts, counts=counts)
    for (source, day), accounts in by_postings.items():
        days[source, day] = Account(received=-accounts.get(f"world.{source}", 0))
    for (source, day), account in days.items():
        if account.difference:
            faults.append(
                message("{source} {day}: a difference of {events}", source=source, day=day, events=account.difference)
            )
    return Balance(_by_source(days), days, _by_stage(sums), tuple(faults))


def _by_day(sums: Sums, kind: str) -> dict[tuple[str, str], dict[str, int]]:
    """By source and day, the sums of one kind by their names; 0 for a name that is missing."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for key, amount in sums.amounts.items():
        if key.kind == kind:
            found.setdefault((key.source, key.day), defaultdict(int))[key.name] = amount
    return found


def _day_faults(source: str, day: str, *, accounts: Mapping[str, int], counts: _DayCounts) -> Iterator[str]:
    waiting = sum(amount for account, amount in accounts.items() if account.startswith(STAGE_PREFIXES))
    if waiting != counts.open_stages:
        yield message(
            "{source} {day}: by the postings {by_postings} deliveries are open, by the entries {by_entries}",
            source=source,
            day=day,
            by_postings=waiting,
            by_entries=counts.open_stages,
        )
    impossible = counts.states["never_received"] + counts.states["ended_twice"]
    if impossible:
        yield message_n(
            "{source} {day}: {count} event has a result but was never received, or has two results",
            "{source} {day}: {count} events have a result but were never received, or have two results",
            count=impossible,
            source=source,
            day=day,
        )


def _by_source(days: Mapping[tuple[str, str], Account]) -> dict[str, Account]:
    sums: dict[str, Account] = {}
    for (source, _), day in days.items():
        so_far = sums.get(source, Account())
        sums[source] = Account(
            received=so_far.received + day.received,
            delivered=so_far.delivered + day.delivered,
            dropped=so_far.dropped + day.dropped,
            dead=so_far.dead + day.dead,
            in_flight=so_far.in_flight + day.in_flight,
        )
    return sums


def _by_stage(sums: Sums) -> dict[str, Account]:
    """By stage, (event, stage) pairs: what is in flight by the postings, what has ended by the entries."""
    waiting: dict[str, int] = defaultdict(int)
    ended: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for key, amount in sums.amounts.items():
        if key.kind == "account" and key.name.startswith(STAGE_PREFIXES):
            waiting[key.name] += amount
        elif key.kind == "verdict":
            verdict, _, stage = key.name.partition(" ")
            if stage.startswith(STAGE_PREFIXES):
                ended[stage][verdict] = amount
    return {stage: _stage_account(ended[stage], waiting[stage]) for stage in sorted(waiting.keys() | ended.keys())}


def _stage_account(verdicts: Mapping[str, int], waiting: int) -> Account:
    dead = verdicts["dead"] - verdicts["replayed"] - verdicts["discarded"]
    dropped = verdicts["dropped"] + verdicts["discarded"]
    return Account(
        received=verdicts["done"] + dropped + dead + waiting,
        delivered=verdicts["done"],
        dropped=dropped,
        dead=dead,
        in_flight=waiting,
    )
