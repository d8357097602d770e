"""The ports `Acts` and `Reveals` in SQL, and the rows of the log that an entry of the ledger makes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from lienthong.adapters.sql.database import open_reader
from lienthong.adapters.sql.person_tables import acts, reveals
from lienthong.adapters.sql.persons import to_text
from lienthong.data.text import fold
from lienthong.dead_letters.actor import account_of
from lienthong.envelope import parse_utc
from lienthong.ledger.records import OPERATOR_VERDICTS, Entry
from lienthong.ports import Transaction
from lienthong.ports.acts import ActFilter, LoggedAct

ACCESS = "access."
"""How the sources of looks and of acts on who may do what begin."""


def write_acts(connection: Connection, entries: Sequence[Entry], at: datetime) -> None:
    """Write the entries that are looks or acts of persons to the log."""
    rows = [_row(entry, at) for entry in entries if entry.who and _kind(entry)]
    if rows:
        connection.execute(insert(acts), rows)


class SqlActs:
    """See `Acts`."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def find(self, wanted: ActFilter, limit: int) -> Sequence[LoggedAct]:
        query = select(acts).order_by(acts.c.number.desc()).limit(limit)
        if wanted.logins:
            query = query.where(acts.c.login.in_([fold(login) for login in wanted.logins]))
        if wanted.kind:
            query = query.where(acts.c.kind == wanted.kind)
        if wanted.since:
            query = query.where(acts.c.at >= to_text(wanted.since))
        if wanted.until:
            query = query.where(acts.c.at < to_text(wanted.until))
        if wanted.before:
            query = query.where(acts.c.number < wanted.before)
        with open_reader(self._database) as connection:
            return [_act(row) for row in connection.execute(query)]


class SqlReveals:
    """See `Reveals`."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def add(self, login: str, event_id: str, field: str, until: datetime, transaction: Transaction) -> None:
        dialect = postgresql if self._database.dialect.name == "postgresql" else sqlite
        row = dialect.insert(reveals).values(login=login, event_id=event_id, field=field, until=to_text(until))
        longer = row.on_conflict_do_update(
            index_elements=["login", "event_id", "field"], set_={"until": to_text(until)}
        )
        transaction.connection.execute(longer)

    def fields(self, login: str, event_id: str, now: datetime) -> Sequence[tuple[str, datetime]]:
        of_event = (reveals.c.login == login) & (reveals.c.event_id == event_id) & (reveals.c.until > to_text(now))
        with open_reader(self._database) as connection:
            rows = connection.execute(
                select(reveals.c.field, reveals.c.until).where(of_event).order_by(reveals.c.field)
            )
            return [(row.field, parse_utc(row.until)) for row in rows]


def _kind(entry: Entry) -> str:
    """The kind of act that an entry is; "" for one that is none, and for the receipt of one."""
    if entry.verdict in OPERATOR_VERDICTS:
        return entry.verdict
    return entry.source.removeprefix(ACCESS) if entry.source.startswith(ACCESS) and entry.verdict == "done" else ""


def _row(entry: Entry, at: datetime) -> dict[str, Any]:
    return {
        "at": to_text(at),
        "person": entry.who,
        "login": fold(account_of(entry.who)),
        "kind": _kind(entry),
        "subject": entry.subject,
        "event_id": entry.event_id,
        "stage": entry.stage,
        "turn": entry.turn,
        "reason": entry.reason,
    }


def _act(row: Any) -> LoggedAct:
    return LoggedAct(
        number=row.number,
        at=parse_utc(row.at),
        person=row.person,
        kind=row.kind,
        subject=row.subject,
        event_id=row.event_id,
        stage=row.stage,
        turn=row.turn,
        reason=row.reason,
    )
