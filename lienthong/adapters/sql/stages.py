"""The status of stages now: how many events are open at each, since when, and how many it finished recently."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, String, and_, exists, func, literal, select
from sqlalchemy.sql.elements import ColumnElement

from lienthong.adapters.sql.predicates import at_stage, received_on
from lienthong.adapters.sql.schema import blocks, entries, postings
from lienthong.envelope import parse_utc
from lienthong.ledger.records import FINAL_VERDICTS, StageStatus

RECENT = timedelta(minutes=5)


def stage_statuses(connection: Connection, now: datetime) -> list[StageStatus]:
    """Every stage that ever received an event, by name. Only days with open events are searched."""
    open_days: dict[str, set[str]] = {}
    counts: dict[str, int] = {}
    query = select(postings.c.account, postings.c.day, func.sum(postings.c.amount)).where(at_stage)
    for account, day, amount in connection.execute(query.group_by(postings.c.account, postings.c.day)):
        counts[account] = counts.get(account, 0) + int(amount)
        if amount:
            open_days.setdefault(account, set()).add(day)
    done = _done_since(connection, now - RECENT)
    statuses = []
    for stage in sorted(counts):
        waiting, oldest = _waiting_and_oldest(connection, stage, sorted(open_days.get(stage, ())))
        statuses.append(StageStatus(stage, counts[stage], waiting, oldest, done.get(stage, 0)))
    return statuses


def _waiting_and_oldest(connection: Connection, stage: str, days: list[str]) -> tuple[int, datetime | None]:
    """Of the events received on `days` and open at the stage: how many wait for a retry, and the oldest receipt."""
    if not days:
        return 0, None
    other = entries.alias()
    same = and_(
        other.c.event_id == entries.c.event_id,
        other.c.received_at == entries.c.received_at,
        other.c.stage == stage,
    )
    has_later_turn = exists().where(same, other.c.turn > entries.c.turn)
    in_days = and_(received_on(days[0], days[-1]), entries.c.day.in_(days))
    is_waiting = and_(in_days, entries.c.stage == stage, entries.c.verdict == "later", ~has_later_turn)
    has_ended = exists().where(same, other.c.verdict.in_(FINAL_VERDICTS))
    waiting = connection.scalar(select(func.count()).where(is_waiting))
    oldest = connection.scalar(select(func.min(entries.c.received_at)).where(in_days, _goes_to(stage), ~has_ended))
    return int(waiting or 0), parse_utc(oldest) if oldest else None


def _goes_to(stage: str) -> ColumnElement[bool]:
    """Whether an entry passes its event on to `stage`. The column holds names of stages, one a line."""
    line = literal("\n", String)
    names: ColumnElement[bool] = (line + entries.c.handed_to + line).contains(f"\n{stage}\n", autoescape=True)
    return names


def _done_since(connection: Connection, since: datetime) -> dict[str, int]:
    """By stage, how many events it finished, by the postings: each takes 1 out of the stage's account."""
    is_finished = postings.c.amount < 0
    query = (
        select(postings.c.account, func.sum(-postings.c.amount))
        .join(blocks, and_(blocks.c.writer == postings.c.writer, blocks.c.number == postings.c.block))
        .where(blocks.c.at >= since.isoformat(), at_stage, is_finished)
        .group_by(postings.c.account)
    )
    return {stage: int(number) for stage, number in connection.execute(query)}
