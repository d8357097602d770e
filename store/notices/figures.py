"""The figures of notices: of a month, and what they cost."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, case, func, select

from store.instants import format_instant
from store.notices.tables import attempts, notices
from transforms.notices.decisions import ACCEPTED, DELIVERED, HELD

AT_GATEWAY = (ACCEPTED, DELIVERED)
"""States in which a gateway has the notice."""


@dataclass
class MonthOfNotices:
    """`sent`: what a gateway took, by channel. `by_happening` and `states` count all notices that left in the month."""

    sent: Counter[str] = field(default_factory=Counter)
    by_happening: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)


def notices_of(connection: Connection, since: datetime, until: datetime) -> MonthOfNotices:
    """The notices that left in [since, until): when they were sent last, or ended without being sent."""
    columns = (notices.c.channel, notices.c.happening, notices.c.state)
    query = select(*columns, func.count().label("count")).where(*_left(since, until)).group_by(*columns)
    month = MonthOfNotices()
    for channel, happening, state, count in connection.execute(query):
        if state in AT_GATEWAY:
            month.sent[channel] += count
        month.by_happening[happening] += count
        month.states[name_of_state(state)] += count
    return month


class LeftNotice(NamedTuple):
    """A notice that left: the event that made it, its channel, what it announces, and its state."""

    event_id: str
    channel: str
    happening: str
    state: str


def left_notices(connection: Connection, since: datetime, until: datetime) -> Iterator[LeftNotice]:
    """The notices that `notices_of` counts, in any order."""
    query = select(*(notices.c[name] for name in LeftNotice._fields)).where(*_left(since, until))
    rows = connection.execute(query, execution_options={"yield_per": 5_000})
    return (LeftNotice._make(row) for row in rows)


def name_of_state(state: str) -> str:
    """The state as the report names it: what was delivered is counted as accepted."""
    return "accepted" if state == DELIVERED else state.replace("_", " ")


def _left(since: datetime, until: datetime) -> tuple[Any, ...]:
    left_at = func.coalesce(notices.c.sent_at, notices.c.changed_at)
    return left_at >= format_instant(since), left_at < format_instant(until), notices.c.state != HELD


@dataclass(frozen=True, slots=True)
class Cost:
    """What the notices of one channel, agency and happening cost in a month: đồng, parts, attempts.

    What is in doubt counts as nothing until it is known. `unpriced`: attempts that reached a gateway and whose cost is
    not known; `in_doubt` of them may not be billed.
    """

    channel: str
    agency: str | None
    happening: str
    cost: int
    parts: int
    sent: int
    unpriced: int
    in_doubt: int


_BILLED = (ACCEPTED, DELIVERED, "in_doubt")
_KNOWN = (ACCEPTED, DELIVERED, "dead")


def costs_of(connection: Connection, since: datetime, until: datetime) -> list[Cost]:
    """The costs of the attempts that began in [since, until), by channel, agency and happening, exact to the đồng."""
    is_billed = attempts.c.verdict.in_(_BILLED)
    query = (
        select(
            attempts.c.channel,
            notices.c.agency,
            notices.c.happening,
            _sum(attempts.c.cost),
            _sum(attempts.c.parts),
            _count(attempts.c.verdict.in_(AT_GATEWAY)),
            _count(is_billed & attempts.c.cost.is_(None)),
            _count(attempts.c.verdict == "in_doubt"),
        )
        .join(notices, notices.c.notice_id == attempts.c.notice_id)
        .where(attempts.c.began_at >= format_instant(since), attempts.c.began_at < format_instant(until))
        .group_by(attempts.c.channel, notices.c.agency, notices.c.happening)
        .order_by(attempts.c.channel, notices.c.agency, notices.c.happening)
    )
    return [Cost(row[0], row[1], row[2], *map(int, row[3:])) for row in connection.execute(query)]


def _sum(column: Any) -> Any:
    """Of attempts whose end is known; a gateway may bill one that did not arrive."""
    return func.coalesce(func.sum(case((attempts.c.verdict.in_(_KNOWN), column), else_=0)), 0)


def _count(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
