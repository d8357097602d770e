"""The balance: two accounts of the same events, compared.

The postings are sums for each block. The entries tell the same facts event by event. Both are written together; where
they differ, an event was lost, duplicated or changed.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, case, func, select

from lienthong.adapters.sql.event_states import select_event_states
from lienthong.adapters.sql.predicates import STAGE_PREFIXES
from lienthong.adapters.sql.schema import entries, postings
from lienthong.ledger.records import Account, Balance
from lienthong.messages import message, message_n


class _DayCounts(NamedTuple):
    """One source and local day by the entries: events by their state, and stages that are still open for them."""

    states: Mapping[str, int]
    open_stages: int


def compute_balance(connection: Connection) -> Balance:
    """Both accounts side by side, by source and day, and by stage. Faults are sentences for the reader."""
    by_postings = _sum_postings(connection)
    faults: list[str] = []
    days: dict[tuple[str, str], Account] = {}
    for source, day, counts in _count_events(connection):
        accounts = by_postings.pop((source, day), {})
        days[source, day] = Account(
            received=-accounts.get(f"world.{source}", 0),
            delivered=counts.states["delivered"],
            dropped=counts.states["dropped"],
            dead=counts.states["dead"],
            in_flight=counts.states["in_flight"],
        )
        faults += _day_faults(source, day, accounts=accounts, counts=counts)
    for (source, day), accounts in by_postings.items():
        days[source, day] = Account(received=-accounts.get(f"world.{source}", 0))
    for (source, day), account in days.items():
        if account.difference:
            faults.append(
                message("{source} {day}: a difference of {events}", source=source, day=day, events=account.difference)
            )
    return Balance(_by_source(days), days, _by_stage(connection), tuple(faults))


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


def _sum_postings(connection: Connection) -> dict[tuple[str, str], dict[str, int]]:
    """By source and day, the sum of each account."""
    query = select(postings.c.source, postings.c.day, postings.c.account, func.sum(postings.c.amount)).group_by(
        postings.c.source, postings.c.day, postings.c.account
    )
    sums: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for source, day, account, amount in connection.execute(query):
        sums[source, day][account] = int(amount)
    return sums


def _count_events(connection: Connection) -> Iterator[tuple[str, str, _DayCounts]]:
    """By source and day, in order, what the entries tell."""
    events = select_event_states().subquery()
    state = case(
        (events.c.received == 0, "never_received"),
        (events.c.open < 0, "ended_twice"),
        (events.c.dead > 0, "dead"),
        (events.c.open > 0, "in_flight"),
        (events.c.delivered > 0, "delivered"),
        else_="dropped",
    ).label("state")
    query = select(events.c.source, events.c.day, state, func.count(), func.sum(events.c.open)).group_by(
        events.c.source, events.c.day, state
    )
    states: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    open_stages: dict[tuple[str, str], int] = defaultdict(int)
    for source, day, name, number, open_here in connection.execute(query):
        states[source, day][name] += int(number)
        open_stages[source, day] += int(open_here)
    for (source, day), counts in sorted(states.items()):
        yield source, day, _DayCounts(counts, open_stages[source, day])


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


def _by_stage(connection: Connection) -> dict[str, Account]:
    """By stage, (event, stage) pairs: what is in flight by the postings, what has ended by the entries."""
    waiting: dict[str, int] = defaultdict(int)
    query = select(postings.c.account, func.sum(postings.c.amount)).group_by(postings.c.account)
    for account, amount in connection.execute(query):
        if account.startswith(STAGE_PREFIXES):
            waiting[account] = int(amount)
    ended: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for stage, verdict, number in connection.execute(
        select(entries.c.stage, entries.c.verdict, func.count()).group_by(entries.c.stage, entries.c.verdict)
    ):
        if stage.startswith(STAGE_PREFIXES):
            ended[stage][verdict] = int(number)
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
