"""Questions about many keys at once: a statement that is built once, and one parameter for any number of keys."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Column, ColumnElement, Connection, Select, String, and_, any_, bindparam, func, select, true
from sqlalchemy.engine import CursorResult

_SEPARATOR = "\x1f"


def matches_any_key(dialect: str, column: ColumnElement[str], parameter: str) -> ColumnElement[bool]:
    """`column` is one of the keys that `format_keys` gives `parameter`."""
    if dialect == "postgresql":
        return column == any_(_array(parameter))
    told = func.json_each(bindparam(parameter, type_=String)).table_valued("value")
    return column.in_(select(told.c.value))


def format_keys(dialect: str, keys: Iterable[str]) -> str:
    """The value of the parameter of `matches_any_key`."""
    return _SEPARATOR.join(keys) if dialect == "postgresql" else orjson.dumps(list(keys)).decode()


def select_by_keys(
    connection: Connection, query: Select[Any], columns: tuple[Column[str], ...], *keys: Sequence[str], **more: Any
) -> CursorResult[*tuple[Any, ...]]:
    """Run `query` for the rows that have the first of all keys in `columns`, the second of all keys, and so on.

    One or two columns, the keys of each in a sequence; `query` is one object for ever, `more` its other parameters.
    On PostgreSQL each is looked up by itself, so through an index: of a table that was empty a minute ago the planner
    believes that reading all of it is cheaper, and its rows times our keys are soon too many.
    """
    dialect = connection.dialect.name
    if dialect == "postgresql":
        told = {f"keys_{number}": format_keys(dialect, own) for number, own in enumerate(keys)}
    else:
        told = {"keys_0": orjson.dumps(dict(zip(keys[0], keys[-1], strict=True))).decode()}
    return connection.execute(_each_of(dialect, query, columns), told | more)


@cache
def _each_of(dialect: str, query: Select[Any], columns: tuple[Column[str], ...]) -> Select[Any]:
    if dialect == "postgresql":
        names = ("one", "other")[: len(columns)]
        arrays = (_array(f"keys_{number}") for number in range(len(columns)))
        told = func.unnest(*arrays).table_valued(*names).render_derived()
        same = (column == told.c[name] for column, name in zip(columns, names, strict=True))
        alone = query.where(*same).offset(0).lateral()  # with an OFFSET it stays by itself
        return select(alone).select_from(told).join(alone, true())
    told = func.json_each(bindparam("keys_0", type_=String)).table_valued("key", "value")
    return query.join(told, and_(*(column == key for column, key in zip(columns, told.c, strict=False))))


def _array(parameter: str) -> ColumnElement[Any]:
    return func.string_to_array(bindparam(parameter, type_=String), _SEPARATOR)
