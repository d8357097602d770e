"""The port `Replays` in SQL."""

from collections.abc import Sequence
from datetime import datetime

import orjson
from sqlalchemy import Engine, insert, select, update

from lienthong.adapters.sql.database import open_reader
from lienthong.adapters.sql.letter_tables import parts, replays
from lienthong.dead_letters.model import ReplayPart, ReplayRun
from lienthong.envelope import parse_utc
from lienthong.ports import Transaction


class SqlReplays:
    """See `Replays`."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def find(self, digest: str) -> Sequence[ReplayRun]:
        with open_reader(self._database) as connection:
            query = select(replays).where(replays.c.digest.startswith(digest, autoescape=True))
            return [
                ReplayRun(
                    number=row.number,
                    digest=row.digest,
                    count=row.letters,
                    who=row.who,
                    began_at=parse_utc(row.began_at),
                    sent=row.sent,
                    died=row.died,
                    waiting=row.waiting,
                    stopped=row.stopped,
                    ended_at=parse_utc(row.ended_at) if row.ended_at else None,
                )
                for row in connection.execute(query.order_by(replays.c.number))
            ]

    def begin(self, run: ReplayRun, transaction: Transaction) -> int:
        row = insert(replays).values(
            digest=run.digest, letters=run.count, who=run.who, began_at=run.began_at.isoformat()
        )
        return int(transaction.connection.scalars(row.returning(replays.c.number)).one())

    def record_part(self, part: ReplayPart, at: datetime, transaction: Transaction) -> None:
        letters = orjson.dumps(part.letters).decode()
        row = {"replay": part.replay, "part": part.part, "letters": letters, "recorded_at": at.isoformat()}
        transaction.connection.execute(insert(parts).values(row))

    def mark_published(self, part: ReplayPart, transaction: Transaction) -> None:
        same = (parts.c.replay == part.replay) & (parts.c.part == part.part)
        transaction.connection.execute(update(parts).where(same).values(published=1))

    def unpublished_parts(self, before: datetime) -> Sequence[ReplayPart]:
        with open_reader(self._database) as connection:
            query = (
                select(parts)
                .where(parts.c.published == 0, parts.c.recorded_at <= before.isoformat())
                .order_by(parts.c.replay, parts.c.part)
            )
            return [
                ReplayPart(row.replay, row.part, [(number, turn) for number, turn in orjson.loads(row.letters)])
                for row in connection.execute(query)
            ]

    def end(self, run: ReplayRun, transaction: Transaction) -> None:
        result = {
            "sent": run.sent,
            "died": run.died,
            "waiting": run.waiting,
            "stopped": run.stopped,
            "ended_at": run.ended_at.isoformat() if run.ended_at else None,
        }
        transaction.connection.execute(update(replays).where(replays.c.number == run.number).values(**result))
