"""How stages stand right now: what is open at each, since when, and how fast it gets less. For operators' eyes."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, String, and_, exists, func, literal, select
from sqlalchemy.sql.elements import ColumnElement

from lienthong.adapters.sql.predicates import at_stage, received_on
from lienthong.adapters.sql.schema import blocks, entries, postings
from lienthong.envelope import parse_utc
from lienthong.ledger.records import FINAL_VERDICTS, StageStatus

RECENT = timedelta(minutes=5)


def stages(connection: Connection, now: datetime) -> list[StageStatus]:
    """Every stage anything was ever handed to, by name. Only days that are not at rest are searched."""
    open_days: dict[str, set[str]] = {}
    counts: dict[str, int] = {}
    query = select(postings.c.account, postings.c.day, func.sum(postings.c.amount)).where(at_stage)
    for account, day, amount in connection.execute(query.group_by(postings.c.account, postings.c.day)):
        counts[account] = counts.get(account, 0) + int(amount)
        if amount:
            open_days.setdefault(account, set()).add(day)
    done = _done_since(connection, now - RECENT)
    return [
        _state(connection, stage, counts[stage], sorted(open_days.get(stage, ())), done.get(stage, 0))
        for stage in sorted(counts)
    ]


def _state(connection: Connection, stage: str, open_events: int, days: list[str], done: int) -> StageStatus:
    if not days:
        return StageStatus(stage, open_events, 0, None, done)
    other = entries.alias()
    same = and_(
        other.c.event_id == entries.c.event_id,
        other.c.received_at == entries.c.received_at,
        other.c.stage == stage,
    )
    later = exists().where(same, other.c.turn > entries.c.turn)
    in_days = and_(received_on(days[0], days[-1]), entries.c.day.in_(days))
    waiting = select(func.count()).where(in_days, entries.c.stage == stage, entries.c.verdict == "later", ~later)
    ended = exists().where(same, other.c.verdict.in_(FINAL_VERDICTS))
    handed = _names(stage)
    oldest = select(func.min(entries.c.received_at)).where(in_days, handed, ~ended)
    since = connection.scalar(oldest)
    return StageStatus(
        stage, open_events, int(connection.scalar(waiting) or 0), parse_utc(since) if since else None, done
    )


def _names(stage: str) -> ColumnElement[bool]:
    """Whether an entry hands its event to `stage`; names stand one a line."""
    line = literal("\n", String)
    listed: ColumnElement[bool] = (line + entries.c.handed_to + line).contains(f"\n{stage}\n", autoescape=True)
    return listed


def _done_since(connection: Connection, since: datetime) -> dict[str, int]:
    """By the postings: whoever finishes events takes them out of the stage's account, a stage at a time."""
    taken_out = postings.c.amount < 0
    query = (
        select(postings.c.account, func.sum(-postings.c.amount))
        .join(blocks, and_(blocks.c.writer == postings.c.writer, blocks.c.number == postings.c.block))
        .where(blocks.c.at >= since.isoformat(), at_stage, taken_out)
        .group_by(postings.c.account)
    )
    return {stage: int(number) for stage, number in connection.execute(query)}
