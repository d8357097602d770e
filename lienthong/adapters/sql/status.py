"""The port `StatusBoard` in SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Row, Table, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lienthong.adapters.sql.database import open_reader
from lienthong.adapters.sql.pushes import SqlPushNotes
from lienthong.adapters.sql.status_tables import process_status, source_status, stage_status, stage_times
from lienthong.envelope import format_instant, parse_utc
from lienthong.ports import Ledger, ProcessStatus, PushStatus, SourceStatus, StageCondition
from lienthong.ports.status import NO_TIMES, Spent, TimeKey

REMEMBERED = timedelta(days=3)
"""How long a process that was not heard of any more stays on the board."""

Status = TypeVar("Status", SourceStatus, StageCondition, ProcessStatus)


class SqlStatusBoard:
    """See `StatusBoard`. It writes in transactions of the ledger, so that on SQLite it waits its turn."""

    def __init__(self, database: Engine, ledger: Ledger) -> None:
        self.is_embedded = database.dialect.name == "sqlite"
        self._database = database
        self._ledger = ledger

    def save(
        self,
        process: ProcessStatus,
        sources: Sequence[SourceStatus] = (),
        stages: Sequence[StageCondition] = (),
        times: Mapping[TimeKey, Spent] = NO_TIMES,
    ) -> None:
        with self._ledger.transaction() as transaction:
            connection = transaction.connection
            _put(connection, process_status, process, "process")
            for source in sources:
                _put(connection, source_status, _merged(connection, source), "source")
            for stage in stages:
                _put(connection, stage_status, stage, "stage", "process")
            if times:
                _add(connection, times)
            if process.ended_at is not None:
                _forget(connection, process)

    def sources(self) -> Mapping[str, SourceStatus]:
        with open_reader(self._database) as connection:
            rows = connection.execute(select(source_status).order_by(source_status.c.source))
            return {row.source: _parse(SourceStatus, row) for row in rows}

    def pushes(self) -> Mapping[str, PushStatus]:
        return SqlPushNotes(self._database).read()

    def stages(self) -> Sequence[StageCondition]:
        with open_reader(self._database) as connection:
            rows = connection.execute(select(stage_status).order_by(stage_status.c.stage, stage_status.c.process))
            return [_parse(StageCondition, row) for row in rows]

    def times(self) -> Mapping[TimeKey, Spent]:
        with open_reader(self._database) as connection:
            rows = connection.execute(select(stage_times))
            return {TimeKey(row.kind, row.stage, row.source): Spent(row.bundles, row.seconds) for row in rows}

    def processes(self) -> Sequence[ProcessStatus]:
        with open_reader(self._database) as connection:
            rows = connection.execute(select(process_status).order_by(process_status.c.began_at.desc()))
            return [_parse(ProcessStatus, row) for row in rows]

    def request_resume(self, stage: str, who: str) -> int:
        is_halted = (stage_status.c.stage == stage) & stage_status.c.halted_since.is_not(None)
        with self._ledger.transaction() as transaction:
            return transaction.connection.execute(update(stage_status).where(is_halted).values(resumed_by=who)).rowcount

    def take_resumes(self, process: str) -> Sequence[str]:
        asked = (stage_status.c.process == process) & (stage_status.c.resumed_by != "")
        with open_reader(self._database) as connection:
            stages = connection.scalars(select(stage_status.c.stage).where(asked)).all()
        if stages:
            with self._ledger.transaction() as transaction:
                transaction.connection.execute(update(stage_status).where(asked).values(resumed_by=""))
        return stages


def forget_processes(connection: Connection) -> None:
    """Forget all processes and how stages stood in them: the database was restored, and no process serves it."""
    connection.execute(delete(stage_status))
    connection.execute(delete(process_status))


def _merged(connection: Connection, status: SourceStatus) -> SourceStatus:
    """What one process knows of a source, with what the other processes wrote: they poll a source in turn."""
    row = connection.execute(select(source_status).where(source_status.c.source == status.source)).one_or_none()
    if row is None:
        return status
    before = _parse(SourceStatus, row)
    in_trouble = bool(before.trouble and status.trouble)
    return replace(
        status,
        first_at=before.first_at or status.first_at,
        success_at=_latest(before.success_at, status.success_at),
        new_at=_latest(before.new_at, status.new_at),
        trouble_since=before.trouble_since if in_trouble else status.trouble_since,
        shown_total=before.shown_total + status.shown_total,
        new_total=before.new_total + status.new_total,
    )


def _latest(*instants: datetime | None) -> datetime | None:
    return max((instant for instant in instants if instant is not None), default=None)


def _put(connection: Connection, table: Table, status: Any, *key: str) -> None:
    values = {field.name: _written(getattr(status, field.name)) for field in fields(status)}
    is_its_row = [table.c[name] == values[name] for name in key]
    changed = connection.execute(update(table).where(*is_its_row).values(values))
    if not changed.rowcount:
        connection.execute(insert(table).values(values))


def _add(connection: Connection, times: Mapping[TimeKey, Spent]) -> None:
    # In one order, so that no two processes wait for each other.
    rows = [{**key._asdict(), **spent._asdict()} for key, spent in sorted(times.items())]
    connection.execute(_adding(connection.dialect.name), rows)


@cache
def _adding(dialect: str) -> Any:
    """Built once: SQLAlchemy needs more time to build a statement than a database to answer it."""
    new = (postgresql if dialect == "postgresql" else sqlite).insert(stage_times)
    sums = {name: stage_times.c[name] + new.excluded[name] for name in Spent._fields}
    return new.on_conflict_do_update(index_elements=list(TimeKey._fields), set_=sums)


def _forget(connection: Connection, process: ProcessStatus) -> None:
    """Remove what an ended process wrote of its stages, and processes of which nothing was heard for days."""
    connection.execute(delete(stage_status).where(stage_status.c.process == process.process))
    is_old = process_status.c.seen_at < format_instant(process.seen_at - REMEMBERED)
    old = select(process_status.c.process).where(is_old)
    connection.execute(delete(stage_status).where(stage_status.c.process.in_(old)))
    connection.execute(delete(process_status).where(is_old))


def _written(value: Any) -> Any:
    return format_instant(value) if isinstance(value, datetime) else value


def _parse(kind: type[Status], row: Row[Any]) -> Status:
    found = row._mapping
    values: dict[str, Any] = {
        field.name: parse_utc(found[field.name])
        if found[field.name] is not None and field.name.endswith(("_at", "_since"))
        else found[field.name]
        for field in fields(kind)
    }
    return kind(**values)
