"""Queries for the entries of many places of their index at once."""

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, FromClause, Select, Text, false, func, select, true, union_all

from lienthong.adapters.sql.block_spans import Span
from lienthong.adapters.sql.schema import entries
from lienthong.envelope import parse_utc
from lienthong.ledger.double_entry import local_day

_SEPARATOR = "\x1f"

_Condition = Callable[..., ColumnElement[bool]]


def entries_within(dialect: str, spans: Sequence[Span] | None) -> FromClause:
    """The entries in these places, which `join_spans` joined. None stands for all of the history.

    A statement that names them twice reads them once. It costs one search in the index for each place. Single events
    are asked for by equality: PostgreSQL would begin a search between two pairs of columns at the first entry of the
    moment.
    """
    if spans is None:
        return entries
    search = _search_postgresql if dialect == "postgresql" else _search_sqlite
    events = [(span.first, span.first_id, _day(span.first)) for span in spans if span.is_event]
    ranges = [(span.first, span.last, _day(span.first), _day(span.last)) for span in spans if not span.is_event]
    parts = [search(kind, bounds) for kind, bounds in ((_is_event, events), (_is_between, ranges)) if bounds]
    if not parts:
        return select(entries).where(false()).cte("found")
    return union_all(*parts).cte("found")


def _search_postgresql(kind: _Condition, bounds: Sequence[tuple[str, ...]]) -> Select[Any]:
    """LATERAL with OFFSET 0 forces an index scan for each place: see `key_queries`."""
    arrays = [func.string_to_array(_SEPARATOR.join(texts), _SEPARATOR) for texts in zip(*bounds, strict=True)]
    names = [f"value_{number}" for number in range(len(arrays))]
    of = func.unnest(*arrays).table_valued(*names).render_derived()
    found = select(entries).where(kind(*(of.c[name] for name in names))).offset(0).lateral()
    return select(found).select_from(of).join(found, true())


def _search_sqlite(kind: _Condition, bounds: Sequence[tuple[str, ...]]) -> Select[Any]:
    of = func.json_each(orjson.dumps(bounds).decode()).table_valued("value")
    values = (func.json_extract(of.c.value, f"$[{number}]", type_=Text()) for number in range(len(bounds[0])))
    return select(entries).select_from(of).join(entries, kind(*values))


def _is_event(moment: ColumnElement[str], event_id: ColumnElement[str], day: ColumnElement[str]) -> ColumnElement[bool]:
    # The day selects the partition on PostgreSQL.
    return (entries.c.received_at == moment) & (entries.c.event_id == event_id) & (entries.c.day == day)


def _is_between(*bounds: ColumnElement[str]) -> ColumnElement[bool]:
    first, last, first_day, last_day = bounds
    return entries.c.received_at.between(first, last) & entries.c.day.between(first_day, last_day)


def _day(moment: str) -> str:
    return local_day(parse_utc(moment))
