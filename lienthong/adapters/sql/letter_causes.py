"""Dead letters by their causes. A cause is stored with its letter, so that an index has their numbers."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any, get_args

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, func, or_, select, update

from lienthong.adapters.sql.database import open_reader
from lienthong.adapters.sql.schema import dead_letters
from lienthong.dead_letters.cause import RULE, Cause, cause_of, stored_cause
from lienthong.dead_letters.model import LetterFilter, LetterGroup, LetterState
from lienthong.envelope import format_instant, parse_utc
from lienthong.ports import Transaction

_STREAMING = {"yield_per": 500}
_cause = lru_cache(maxsize=512)(cause_of)
_letter = dead_letters.c
_HAS_CAUSE = (_letter.cause >= f"{RULE}.") & (_letter.cause < f"{RULE}/")  # "/" follows "." in the order of bytes
_BATCH = 1_000


def groups(connection: Connection, wanted: LetterFilter) -> list[LetterGroup]:
    """The letters by cause, the largest group first."""
    found: dict[Cause, LetterGroup] = {}
    for group in [*_stored(connection, wanted), *_computed(connection, wanted)]:
        if wanted.group in ("", group.cause.id):
            found[group.cause] = _merge(found[group.cause], group) if group.cause in found else group
    return sorted(found.values(), key=lambda group: (-group.count, group.cause))


def _stored(connection: Connection, wanted: LetterFilter) -> list[LetterGroup]:
    """Of the letters whose cause is stored. One letter of each cause tells what it is."""
    by = (_letter.cause, _letter.source)
    counted = (func.count(), func.min(_letter.died_at), func.max(_letter.died_at), func.min(_letter.number))
    query = select(*by, *counted).where(_HAS_CAUSE, *letter_conditions(wanted)).group_by(*by)
    rows = connection.execute(query).all()
    texts = select(_letter.number, _letter.stage, _letter.error, _letter.field, _letter.reason)
    causes: dict[int, Cause] = {}
    for start in range(0, len(rows), _BATCH):
        numbers = [row[-1] for row in rows[start : start + _BATCH]]
        for letter in connection.execute(texts.where(_letter.number.in_(numbers))):
            causes[letter.number] = cause_of_row(letter)
    return [
        LetterGroup(causes[sample], int(count), parse_utc(first), parse_utc(last), (source,))
        for _, source, count, first, last, sample in rows
    ]


def _computed(connection: Connection, wanted: LetterFilter) -> list[LetterGroup]:
    """Of the letters whose cause is not stored, or by another rule. Letters with equal reasons are counted in SQL."""
    equal = (_letter.stage, _letter.error, _letter.field, _letter.reason, _letter.source)
    times = (func.count(), func.min(_letter.died_at), func.max(_letter.died_at))
    query = select(*equal, *times).where(_without_cause(), *letter_conditions(wanted)).group_by(*equal)
    found: dict[Cause, LetterGroup] = {}
    for stage, error, field, reason, source, count, first, last in connection.execute(
        query, execution_options=_STREAMING
    ):
        cause = _cause(stage=stage, error=error, field=field, reason=reason)
        group = LetterGroup(cause, int(count), parse_utc(first), parse_utc(last), (source,))
        found[cause] = _merge(found[cause], group) if cause in found else group
    return list(found.values())


def _without_cause() -> ColumnElement[bool]:
    """Two ranges of each state, so that an index finds them."""
    is_other = or_(_letter.cause < f"{RULE}.", _letter.cause >= f"{RULE}/")
    return and_(_letter.state.in_(get_args(LetterState)), is_other)


def cause_of_row(row: Row[*tuple[Any, ...]]) -> Cause:
    """The cause of a letter's row."""
    return _cause(stage=row.stage, error=row.error, field=row.field, reason=row.reason)


def store_missing(database: Engine, open_transaction: Callable[[], AbstractContextManager[Transaction]]) -> None:
    """Store the causes of letters of an earlier version, some in each transaction."""
    with open_reader(database) as connection:
        missing = connection.scalar(select(_letter.number).where(_without_cause()).limit(1)) is not None
    while missing:
        with open_transaction() as transaction:
            missing = store_causes(transaction.connection) > 0


def store_causes(connection: Connection) -> int:
    """Store the causes of some letters that lack them, with today's rule; returns of how many."""
    query = select(_letter.number, _letter.stage, _letter.error, _letter.field, _letter.reason)
    found = connection.execute(query.where(_without_cause()).limit(_BATCH)).all()
    for row in found:
        cause = stored_cause(stage=row.stage, error=row.error, field=row.field, reason=row.reason)
        connection.execute(update(dead_letters).where(_letter.number == row.number).values(cause=cause))
    return len(found)


def letter_conditions(wanted: LetterFilter) -> list[ColumnElement[bool]]:
    """The conditions of a filter on letters, without its `group` of letters whose cause is not stored."""
    pairs = ((_letter.state, wanted.state), (_letter.stage, wanted.stage), (_letter.source, wanted.source))
    conditions: list[ColumnElement[bool]] = [column == value for column, value in pairs if value]
    if wanted.since is not None:
        conditions.append(_letter.died_at >= format_instant(wanted.since))
    if wanted.after:
        conditions.append(_letter.number > wanted.after)
    if wanted.group:
        conditions.append(or_(_letter.cause == f"{RULE}.{wanted.group}", _without_cause()))
    return conditions


def _merge(group: LetterGroup, other: LetterGroup) -> LetterGroup:
    """The letters of two groups of one cause."""
    return LetterGroup(
        cause=group.cause,
        count=group.count + other.count,
        first=min(group.first, other.first),
        last=max(group.last, other.last),
        sources=tuple(sorted({*group.sources, *other.sources})),
    )
