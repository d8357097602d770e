"""The status of stages now: how many events are open at each, since when, and how many it finished recently."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, String, and_, exists, func, literal, literal_column, select
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.expression import FromClause

from lienthong.adapters.sql.predicates import STAGE_PREFIXES, at_stage, received_on
from lienthong.adapters.sql.schema import blocks, entries, postings, writers
from lienthong.adapters.sql.sums import SumKey, Sums
from lienthong.envelope import parse_utc
from lienthong.ledger.records import FINAL_VERDICTS, StageStatus

RECENT = timedelta(minutes=5)

_LATER: ColumnElement[str] = literal_column("'later'", String)  # as the index of these entries is written


def stage_statuses(connection: Connection, sums: Sums, now: datetime) -> list[StageStatus]:
    """Every stage that ever received an event, by name. Only days with open events are searched."""
    counts: dict[str, int] = defaultdict(int)
    open_at: dict[str, list[SumKey]] = defaultdict(list)
    for key, amount in sums.amounts.items():
        if key.kind == "account" and key.name.startswith(STAGE_PREFIXES):
            counts[key.name] += amount
    for key, _ in sums.open_stages():
        open_at[key.name].append(key)
    done = _done_since(connection, now - RECENT)
    return [
        StageStatus(
            stage,
            counts[stage],
            count_waiting(connection, stage, {key.day for key in open_at[stage]}),
            _oldest(connection, sums, open_at[stage]),
            done.get(stage, 0),
        )
        for stage in sorted(counts)
    ]


def count_waiting(connection: Connection, stage: str, days: set[str]) -> int:
    """How many of the events received on `days` wait for another attempt at a stage."""
    if not days:
        return 0
    is_later = and_(entries.c.stage == stage, entries.c.day.in_(sorted(days)), entries.c.verdict == _LATER)
    other = entries.alias()
    has_later_turn = exists().where(_same_event(other), other.c.stage == stage, other.c.turn > entries.c.turn)
    return int(connection.scalar(select(func.count()).where(is_later, ~has_later_turn)) or 0)


def _oldest(connection: Connection, sums: Sums, open_at: list[SumKey]) -> datetime | None:
    """When the oldest event was received that is open at a stage, of whose accounts `open_at` are not zero."""
    for day in sorted({key.day for key in open_at}):
        found = [find_oldest(connection, key, sums.open_since(key)) for key in open_at if key.day == day]
        if moments := [moment for moment in found if moment]:
            return parse_utc(min(moments))
    return None


def find_oldest(connection: Connection, account: SumKey, since: str) -> str | None:
    """When the oldest event of one source and day was received that is open at the stage of an account, as text.

    None of them was received before `since`, which shortens the search.
    """
    stage, other, again = account.name, entries.alias(), entries.alias()
    is_replayed = exists().where(
        _same_event(again, other), again.c.stage == stage, again.c.verdict == "replayed", again.c.turn > other.c.turn
    )
    has_ended = exists().where(_same_event(other), other.c.stage == stage, _is_final(other.c.verdict), ~is_replayed)
    of_day = and_(entries.c.source == account.source, received_on(account.day, account.day))
    query = select(entries.c.received_at).where(of_day, entries.c.received_at >= since, _goes_to(stage), ~has_ended)
    return connection.scalar(query.order_by(entries.c.received_at).limit(1))


def _is_final(verdict: ColumnElement[str]) -> ColumnElement[bool]:
    return verdict.in_(sorted(FINAL_VERDICTS))


def _same_event(other: FromClause, of: FromClause = entries) -> ColumnElement[bool]:
    return and_(
        other.c.event_id == of.c.event_id,
        other.c.received_at == of.c.received_at,
        other.c.day == of.c.day,
    )


def _goes_to(stage: str) -> ColumnElement[bool]:
    """Whether an entry passes its event on to `stage`. The column holds names of stages, one a line."""
    line = literal("\n", String)
    names: ColumnElement[bool] = (line + entries.c.handed_to + line).contains(f"\n{stage}\n", autoescape=True)
    return names


def _done_since(connection: Connection, since: datetime) -> Mapping[str, int]:
    """By stage, how many events it finished, by the postings: each takes 1 out of the stage's account.

    The latest blocks of each chain are read, backwards until one that is older.
    """
    finished: dict[str, int] = defaultdict(int)
    for writer in connection.scalars(select(writers.c.writer)).all():
        chain = blocks.c.writer == writer
        older = select(blocks.c.number).where(chain, blocks.c.at < since.isoformat())
        number = connection.scalar(older.order_by(blocks.c.number.desc()).limit(1)) or 0
        query = (
            select(postings.c.account, func.sum(-postings.c.amount))
            .where(postings.c.writer == writer, postings.c.block > number, at_stage, postings.c.amount < 0)
            .group_by(postings.c.account)
        )
        for stage, count in connection.execute(query):
            finished[stage] += int(count)
    return finished
