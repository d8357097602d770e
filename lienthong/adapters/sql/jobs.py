"""The port `Jobs` in SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Engine, Row, Update, func, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from lienthong.adapters.sql.database import open_reader
from lienthong.adapters.sql.errors import translate_errors
from lienthong.adapters.sql.job_tables import jobs
from lienthong.envelope import format_instant, parse_utc
from lienthong.ports.jobs import LOST_AFTER, Job

_JOB = jobs.c
_OPEN = _JOB.state.in_(("waiting", "running"))


class SqlJobs:
    """See `Jobs`. Each method is one short transaction."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def add(self, job: Job) -> bool:
        row = {
            "job": job.job,
            "kind": job.kind,
            "asked_for": orjson.dumps(dict(job.order)).decode(),
            "who": job.who,
            "asked_at": format_instant(job.asked_at),
            "seen_at": format_instant(job.asked_at),
            "state": job.state,
        }
        with translate_errors(), self._database.connect().execution_options(writing=True) as connection:
            try:
                connection.execute(insert(jobs).values(row))
            except IntegrityError:
                connection.rollback()
                return False
            connection.commit()
            return True

    def find(self, job: str, now: datetime) -> Job | None:
        with open_reader(self._database) as connection:
            row = connection.execute(select(jobs).where(_JOB.job == job)).first()
        return _job(row, now) if row else None

    def latest(self, limit: int, now: datetime, before: str = "") -> Sequence[Job]:
        query = select(jobs).order_by(_JOB.asked_at.desc(), _JOB.job.desc()).limit(limit)
        if before:
            place = select(_JOB.asked_at, _JOB.job).where(_JOB.job == before)
            with open_reader(self._database) as connection:
                found = connection.execute(place).first()
            if found is None:
                return ()
            query = query.where(tuple_(_JOB.asked_at, _JOB.job) < tuple_(found.asked_at, found.job))
        with open_reader(self._database) as connection:
            return [_job(row, now) for row in connection.execute(query)]

    def begin(self, job: str, now: datetime) -> None:
        moment = format_instant(now)
        self._write(_of(job).values(state="running", began_at=moment, seen_at=moment))

    def beat(self, job: str, done: int, total: int, now: datetime) -> bool:
        self._write(_of(job).values(done=done, total=total, seen_at=format_instant(now)))
        with open_reader(self._database) as connection:
            return bool(connection.scalar(select(_JOB.stop_by).where(_JOB.job == job)))

    def end(self, job: str, now: datetime, *, result: Mapping[str, Any], why: str = "") -> None:
        given = orjson.dumps(dict(result)).decode()
        state = "failed" if why else "done"
        self._write(_of(job).values(state=state, result=given, why=why, ended_at=format_instant(now)))

    def request_stop(self, job: str, who: str) -> bool:
        return self._write(_of(job).where(_OPEN, func.length(_JOB.stop_by) == 0).values(stop_by=who)) == 1

    def _write(self, statement: Update) -> int:
        with translate_errors(), self._database.connect().execution_options(writing=True) as connection:
            count = connection.execute(statement).rowcount
            connection.commit()
            return count


def _of(job: str) -> Update:
    return update(jobs).where(_JOB.job == job)


def _job(row: Row[Any], now: datetime) -> Job:
    job = Job(
        job=row.job,
        kind=row.kind,
        order=orjson.loads(row.asked_for),
        who=row.who,
        asked_at=parse_utc(row.asked_at),
        state=row.state,
        done=row.done,
        total=row.total,
        result=orjson.loads(row.result),
        why=row.why,
        stop_by=row.stop_by,
        began_at=_instant(row.began_at),
        ended_at=_instant(row.ended_at),
        seen_at=_instant(row.seen_at),
    )
    is_lost = job.is_open and job.seen_at is not None and now - job.seen_at > LOST_AFTER
    return replace(job, state="lost") if is_lost else job


def _instant(text: str | None) -> datetime | None:
    return parse_utc(text) if text else None
