"""Queries for many keys at once: a statement that is built once, and one parameter for any number of keys."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Column, ColumnElement, Connection, Select, String, and_, any_, bindparam, func, select, true
from sqlalchemy.engine import CursorResult
from sqlalchemy.sql.selectable import TableValuedAlias

EVENTS_PER_QUERY = 500
"""Events whose entries are held in memory at the same time."""

_SEPARATOR = "\x1f"


def matches_any_key(dialect: str, column: ColumnElement[str], parameter: str) -> ColumnElement[bool]:
    """The condition that `column` is one of the keys which `format_keys` wrote into `parameter`."""
    if dialect == "postgresql":
        return column == any_(_array(parameter))
    keys = func.json_each(bindparam(parameter, type_=String)).table_valued("value")
    return column.in_(select(keys.c.value))


def with_any_key(dialect: str, query: Select[Any], column: ColumnElement[str], parameter: str) -> Select[Any]:
    """`query` for the rows whose `column` is one of the keys which `format_keys` wrote into `parameter`, in any order.

    It costs an index lookup for each key, also on PostgreSQL where a table has grown since its plan was made: see
    `_join_keys`. There the condition of `matches_any_key` may read the whole table. No key is asked for twice.
    """
    if dialect != "postgresql":
        return query.where(matches_any_key(dialect, column, parameter))
    keys = list_keys(dialect, parameter)
    lookup = query.where(column == keys.c.value).offset(0).lateral()
    return select(lookup).select_from(keys).join(lookup, true())


def with_any_key_besides(
    dialect: str, query: Select[Any], column: ColumnElement[str], other: ColumnElement[str], parameter: str
) -> Select[Any]:
    """`query` for the rows that have one of the keys in `column`, but not the value that stands with it in `other`.

    Keys and values are those of `format_pairs`. A value is that of no row, or of one with its key. See `with_any_key`.
    """
    if dialect != "postgresql":
        pairs = func.json_each(bindparam(parameter, type_=String)).table_valued("key", "value")
        return query.where(column.in_(select(pairs.c.key)), other.not_in(select(pairs.c.value)))
    arrays = (_array(parameter), _array(f"{parameter}_besides"))
    pairs = func.unnest(*arrays).table_valued("key", "value").render_derived()
    lookup = query.where(column == pairs.c.key, other != pairs.c.value).offset(0).lateral()
    return select(lookup).select_from(pairs).join(lookup, true())


def format_pairs(dialect: str, parameter: str, pairs: Mapping[str, str]) -> dict[str, str]:
    """The parameters of `with_any_key_besides`."""
    if dialect != "postgresql":
        return {parameter: orjson.dumps(pairs).decode()}
    return {parameter: _SEPARATOR.join(pairs), f"{parameter}_besides": _SEPARATOR.join(pairs.values())}


def list_keys(dialect: str, parameter: str) -> TableValuedAlias:
    """The keys which `format_keys` wrote into `parameter`, as a table with the column `value`."""
    if dialect == "postgresql":
        return func.unnest(_array(parameter)).table_valued("value").render_derived()
    return func.json_each(bindparam(parameter, type_=String)).table_valued("value")


def format_keys(dialect: str, keys: Iterable[str]) -> str:
    """The value of the parameter of `matches_any_key`."""
    return _SEPARATOR.join(keys) if dialect == "postgresql" else orjson.dumps(list(keys)).decode()


def slices(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    """The keys in parts of `EVENTS_PER_QUERY`."""
    return (keys[start : start + EVENTS_PER_QUERY] for start in range(0, len(keys), EVENTS_PER_QUERY))


def select_by_keys(
    connection: Connection, query: Select[Any], columns: tuple[Column[str], ...], *keys: Sequence[str], **more: Any
) -> CursorResult[*tuple[Any, ...]]:
    """Run `query` for the rows that have the n-th of every sequence of `keys` in `columns`, for all n.

    There are one or two columns, and as many sequences of keys. `query` must be the same object in every call: what is
    built from it is cached. `more` are its other parameters.
    """
    dialect = connection.dialect.name
    if dialect == "postgresql":
        parameters = {f"keys_{number}": format_keys(dialect, column_keys) for number, column_keys in enumerate(keys)}
    else:
        parameters = {"keys_0": orjson.dumps(dict(zip(keys[0], keys[-1], strict=True))).decode()}
    return connection.execute(_join_keys(dialect, query, columns), parameters | more)


def has_any_key(connection: Connection, columns: tuple[Column[str], ...], *keys: Sequence[str]) -> bool:
    """Whether PostgreSQL has a row with the n-th of every sequence of `keys` in `columns`, for any n."""
    parameters = {f"keys_{number}": _SEPARATOR.join(column_keys) for number, column_keys in enumerate(keys)}
    return connection.execute(_first_of(columns), parameters).first() is not None


@cache
def _first_of(columns: tuple[Column[str], ...]) -> Select[Any]:
    return _join_keys("postgresql", select(columns[0]), columns).limit(1)


@cache
def _join_keys(dialect: str, query: Select[Any], columns: tuple[Column[str], ...]) -> Select[Any]:
    if dialect == "postgresql":
        # LATERAL with OFFSET 0 forces one index lookup per key. With stale statistics, e.g. of a table that was empty
        # a minute ago, the planner would choose a sequential scan, whose rows times our keys soon are too many.
        names = ("first_key", "second_key")[: len(columns)]
        arrays = (_array(f"keys_{number}") for number in range(len(columns)))
        keys = func.unnest(*arrays).table_valued(*names).render_derived()
        has_keys = (column == keys.c[name] for column, name in zip(columns, names, strict=True))
        lookup = query.where(*has_keys).offset(0).lateral()
        return select(lookup).select_from(keys).join(lookup, true())
    keys = func.json_each(bindparam("keys_0", type_=String)).table_valued("key", "value")
    return query.join(keys, and_(*(column == key for column, key in zip(columns, keys.c, strict=False))))


def _array(parameter: str) -> ColumnElement[Any]:
    return func.string_to_array(bindparam(parameter, type_=String), _SEPARATOR)
