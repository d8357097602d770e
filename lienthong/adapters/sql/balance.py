"""The balance: two books of the same events, compared.

The first book is the postings: sums of blocks. The second is the entries: each event's own story, one by one.
They are written together and hold the same facts in two forms; where they differ, something was lost, doubled or
changed.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, case, func, select

from lienthong.adapters.sql.predicates import at_stage
from lienthong.adapters.sql.schema import entries, postings
from lienthong.ledger.records import Account, Balance

_STAGES = ("route.", "sink.")

_verdict = entries.c.verdict
_open = case(
    (_verdict == "received", entries.c.fan_out),
    (_verdict == "done", entries.c.fan_out - 1),
    (_verdict.in_(("dropped", "dead")), -1),
    (_verdict == "replayed", 1),
    else_=0,
)
_dead = case((_verdict == "dead", 1), (_verdict.in_(("replayed", "discarded")), -1), else_=0)
_delivered = case(((_verdict == "done") & (entries.c.fan_out == 0), 1), else_=0)
_arrived = case((_verdict == "received", 1), else_=0)


def in_flight(connection: Connection) -> int:
    """(event, stage) pairs without a final verdict, by the first book."""
    return int(connection.scalar(select(func.coalesce(func.sum(postings.c.amount), 0)).where(at_stage)) or 0)


def balance(connection: Connection) -> Balance:
    """Both books, side by side, by source and day; and how every stage stands."""
    first = _first_book(connection)
    faults = []
    days: dict[tuple[str, str], Account] = {}
    for source, day, counts, open_events in _second_book(connection):
        accounts = first.pop((source, day), {})
        days[source, day] = Account(
            received=-accounts.get(f"world.{source}", 0),
            delivered=counts["delivered"],
            dropped=counts["dropped"],
            dead=counts["dead"],
            in_flight=counts["in_flight"],
        )
        waiting = sum(amount for account, amount in accounts.items() if account.startswith(_STAGES))
        if waiting != open_events:
            faults.append(
                f"{source} {day}: sổ phát sinh ghi {waiting} lượt đang chờ, từng sự kiện cộng lại {open_events}"
            )
        if counts["phantom"] or counts["over"]:
            strange = counts["phantom"] + counts["over"]
            faults.append(f"{source} {day}: {strange} sự kiện có kết quả mà không có lần nhận, hoặc có hai kết quả")
    for (source, day), accounts in first.items():
        days[source, day] = Account(received=-accounts.get(f"world.{source}", 0))
    for (source, day), account in days.items():
        if account.difference:
            faults.append(f"{source} {day}: chênh lệch {account.difference}")
    return Balance(_by_source(days), days, _by_stage(connection), tuple(faults))


def _first_book(connection: Connection) -> dict[tuple[str, str], dict[str, int]]:
    query = select(postings.c.source, postings.c.day, postings.c.account, func.sum(postings.c.amount)).group_by(
        postings.c.source, postings.c.day, postings.c.account
    )
    book: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for source, day, account, amount in connection.execute(query):
        book[source, day][account] = int(amount)
    return book


def _second_book(connection: Connection) -> Iterator[tuple[str, str, dict[str, int], int]]:
    each = each_event().subquery()
    state = case(
        (each.c.arrived == 0, "phantom"),
        (each.c.open < 0, "over"),
        (each.c.dead > 0, "dead"),
        (each.c.open > 0, "in_flight"),
        (each.c.delivered > 0, "delivered"),
        else_="dropped",
    ).label("state")
    query = select(each.c.source, each.c.day, state, func.count(), func.sum(each.c.open)).group_by(
        each.c.source, each.c.day, state
    )
    counts: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    waiting: dict[tuple[str, str], int] = defaultdict(int)
    for source, day, name, number, open_events in connection.execute(query):
        counts[source, day][name] += int(number)
        waiting[source, day] += int(open_events)
    for (source, day), numbers in sorted(counts.items()):
        yield source, day, numbers, waiting[source, day]


def each_event() -> Select[Any]:
    """One row an event: how many stages it still has to pass, where it died, whether it was delivered.

    Grouped as the index of entries lies, so that nothing has to be sorted or held.
    """
    return select(
        func.min(entries.c.source).label("source"),
        func.min(entries.c.day).label("day"),
        func.sum(_open).label("open"),
        func.sum(_dead).label("dead"),
        func.sum(_delivered).label("delivered"),
        func.sum(_arrived).label("arrived"),
    ).group_by(entries.c.received_at, entries.c.event_id)


def _by_source(days: dict[tuple[str, str], Account]) -> dict[str, Account]:
    sums: dict[str, Account] = {}
    for (source, _), day in days.items():
        so_far = sums.get(source, Account())
        sums[source] = Account(
            so_far.received + day.received,
            so_far.delivered + day.delivered,
            so_far.dropped + day.dropped,
            so_far.dead + day.dead,
            so_far.in_flight + day.in_flight,
        )
    return sums


def _by_stage(connection: Connection) -> dict[str, Account]:
    """Per stage, (event, stage) pairs: what is in flight by the postings, what ended by the entries."""
    waiting: dict[str, int] = defaultdict(int)
    query = select(postings.c.account, func.sum(postings.c.amount)).group_by(postings.c.account)
    for account, amount in connection.execute(query):
        if account.startswith(_STAGES):
            waiting[account] = int(amount)
    ended: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for stage, verdict, number in connection.execute(
        select(entries.c.stage, _verdict, func.count()).group_by(entries.c.stage, _verdict)
    ):
        if stage.startswith(_STAGES):
            ended[stage][verdict] = int(number)
    stages = {}
    for stage in sorted(waiting.keys() | ended.keys()):
        own = ended[stage]
        dead = own["dead"] - own["replayed"] - own["discarded"]
        dropped = own["dropped"] + own["discarded"]
        total = own["done"] + dropped + dead + waiting[stage]
        stages[stage] = Account(total, own["done"], dropped, dead, waiting[stage])
    return stages
