"""The port `GroupNotes` in SQL."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Engine, delete, insert, select

from lienthong.adapters.sql.database import open_reader
from lienthong.adapters.sql.job_tables import group_notes
from lienthong.dead_letters.group_notes import GroupNote
from lienthong.envelope import format_instant, parse_utc
from lienthong.ports import Transaction


class SqlGroupNotes:
    """See `GroupNotes`."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def all(self) -> Mapping[str, GroupNote]:
        with open_reader(self._database) as connection:
            return {
                row.cause: GroupNote(
                    group=row.cause,
                    owner=row.owner,
                    ticket=row.ticket,
                    note=row.note,
                    known_until=date.fromisoformat(row.known_until) if row.known_until else None,
                    noted_by=row.noted_by,
                    noted_at=parse_utc(row.noted_at),
                )
                for row in connection.execute(select(group_notes))
            }

    def write(self, note: GroupNote, transaction: Transaction) -> None:
        connection = transaction.connection
        connection.execute(delete(group_notes).where(group_notes.c.cause == note.group))
        connection.execute(
            insert(group_notes).values(
                cause=note.group,
                owner=note.owner,
                ticket=note.ticket,
                note=note.note,
                known_until=note.known_until.isoformat() if note.known_until else None,
                noted_by=note.noted_by,
                noted_at=format_instant(note.noted_at) if note.noted_at else "",
            )
        )
