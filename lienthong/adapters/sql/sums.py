"""Sums of the ledger: what is kept of them, brought up to now by the entries and postings since.

A row of `ledger_sums` is one of three kinds:
- `account`: by source and day, the sum of the postings to the account `name`
- `state`: by source and day, how many events are in the state `name` by their entries; `open`: at how many stages
- `verdict`: how many entries there are of a verdict at a stage; `name` is both, separated by a space
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, FromClause, Select, case, func, literal, or_, select, union_all

from lienthong.adapters.sql.block_spans import Span
from lienthong.adapters.sql.event_states import select_states, state_of
from lienthong.adapters.sql.marks import (
    Mark,
    Marks,
    after_marks,
    is_before,
    read_heads,
    read_marks,
)
from lienthong.adapters.sql.predicates import STAGE_PREFIXES
from lienthong.adapters.sql.schema import postings
from lienthong.adapters.sql.span_queries import entries_within
from lienthong.adapters.sql.sum_tables import sums

_KEPT = select(sums.c.kind, sums.c.source, sums.c.day, sums.c.name, sums.c.amount, sums.c.since)
_IS_STAGE = or_(*(sums.c.name.startswith(prefix) for prefix in STAGE_PREFIXES))

PURPOSE = "sums"
"""The purpose of the marks up to which sums are kept."""


class SumKey(NamedTuple):
    """What a sum is of. Source and day are "" for the kind `verdict`."""

    kind: str
    source: str
    day: str
    name: str


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums at one moment.

    - `amounts`: those that are 0 may be there or not. `changed`: those that are not kept as they are here.
    - `since`: by key of an account of a stage, a moment before which none of its open events was received.
    - `marked`: the marks that kept sums are of; `heads`: the heads of the chains, which `amounts` are of.
    - `spans`: where the entries in between are.
    """

    amounts: Counter[SumKey]
    changed: set[SumKey]
    since: dict[SumKey, str]
    marked: Marks
    heads: dict[str, Mark]
    spans: Sequence[Span] | None = field(default=())

    def open_stages(self) -> Iterator[tuple[SumKey, int]]:
        """The accounts of stages that have events which are open now, by source and day."""
        for key, amount in self.amounts.items():
            if key.kind == "account" and amount and key.name.startswith(STAGE_PREFIXES):
                yield key, amount

    def open_since(self, key: SumKey) -> str:
        """A moment before which no event was received that is open at a stage; "" where none is known."""
        if self.spans is None or key not in self.since:
            return ""
        return min(self.since[key], *(span.first for span in self.spans[:1]))


def find_open_days(found: Sums) -> list[tuple[str, str, str]]:
    """Source and day of the accounts of stages that are not zero, with a moment before which nothing is open."""
    days: dict[tuple[str, str], str] = {}
    for key, _ in found.open_stages():
        day, since = (key.source, key.day), found.open_since(key)
        days[day] = min(since, days.get(day, since))
    return [(*day, since) for day, since in sorted(days.items())]


def read_sums(connection: Connection, *, kept: bool = True) -> Sums:
    """The sums now. Unless `kept`, all are computed from the entries and postings."""
    marked = read_marks(connection, PURPOSE) if kept else {}
    return _read(connection, marked, _KEPT, events=True)


def read_open_sums(connection: Connection) -> Sums:
    """Of the sums now only those of the postings, without days on which nothing is open: these grow with history.

    Every account of a stage is there, on some day.
    """
    marked = read_marks(connection, PURPOSE)
    found = _read(
        connection, marked, _KEPT.where(sums.c.kind == "account", sums.c.amount != 0, _IS_STAGE), events=False
    )
    for name in connection.scalars(select(sums.c.name).where(sums.c.kind == "account", _IS_STAGE).distinct()).all():
        found.amounts[SumKey("account", "", "", name)] += 0
    return found


def _read(connection: Connection, marked: Marks, kept: Select[Any], *, events: bool) -> Sums:
    found = Sums(Counter(), set(), {}, marked, read_heads(connection), after_marks(connection, marked))
    for kind, source, day, name, amount, since in connection.execute(kept).all() if marked else ():
        key = SumKey(kind, source, day, name)
        found.amounts[key] = int(amount)
        if since:
            found.since[key] = since
    for key, amount in _added(connection, found, events=events):
        found.amounts[key] += amount
        found.changed.add(key)
    return found


def _added(connection: Connection, of: Sums, *, events: bool) -> Iterator[tuple[SumKey, int]]:
    yield from _postings_after(connection, of)
    if events and of.marked != of.heads:
        yield from _events_after(connection, of.marked, entries_within(connection.dialect.name, of.spans))


def _postings_after(connection: Connection, of: Sums) -> Iterator[tuple[SumKey, int]]:
    by = (postings.c.source, postings.c.day, postings.c.account)
    query = select(*by, func.sum(postings.c.amount)).group_by(*by)
    if not of.marked:
        for source, day, account, amount in connection.execute(query):
            yield SumKey("account", source, day, account), int(amount)
        return
    for writer, head in of.heads.items():
        number = of.marked[writer].number if writer in of.marked else 0
        if number < head.number:
            of_chain = (postings.c.writer == writer) & (postings.c.block > number)
            for source, day, account, amount in connection.execute(query.where(of_chain)):
                yield SumKey("account", source, day, account), int(amount)


def _events_after(connection: Connection, marked: Marks, of: FromClause) -> Iterator[tuple[SumKey, int]]:
    """Of the events that have entries after the marks: out of the state before, into the state now; and the verdicts
    of these entries. In one statement, so that entries which lie all over the history are fetched once.
    """
    for kind, of_what, name, now, before, count, opened in connection.execute(
        union_all(_select_states(marked, of), _select_verdicts(marked, of))
    ):
        if kind == "verdict":
            yield SumKey("verdict", "", "", f"{name} {of_what}"), int(count)
            continue
        yield SumKey("state", of_what, name, now), int(count)
        yield SumKey("state", of_what, name, "open"), int(opened)
        if before:
            yield SumKey("state", of_what, name, before), -int(count)


def _select_states(marked: Marks, of: FromClause) -> Select[Any]:
    """Source, day, states now and before, how many events changed so, and by how many open stages."""
    events = select_states(is_before(marked, of) if marked else None, of=of).subquery()
    before: ColumnElement[str] = literal("")
    opened: ColumnElement[Any] = func.sum(events.c.open)
    if marked:
        before = case((events.c.count_before == 0, ""), else_=state_of(events, "_before"))
        opened = opened - func.sum(events.c.open_before)
    by = (events.c.source, events.c.day, state_of(events), before)
    return select(literal("state"), *by, func.count(), opened).group_by(*by)


def _select_verdicts(marked: Marks, of: FromClause) -> Select[Any]:
    by = (of.c.stage, of.c.verdict)
    query = select(literal("verdict"), *by, literal(""), literal(""), func.count(), literal(0)).group_by(*by)
    return query.where(~is_before(marked, of)) if marked else query
