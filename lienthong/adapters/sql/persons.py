"""The port `Persons` in SQL."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from lienthong.access.persons import Person, Session, check_roles
from lienthong.access.waits import Failures
from lienthong.adapters.sql.database import open_reader
from lienthong.adapters.sql.errors import translate_errors
from lienthong.adapters.sql.person_tables import failed_log_ins, persons, sessions
from lienthong.envelope import parse_utc
from lienthong.ports import Transaction


class SqlPersons:
    """See `Persons`."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def add(self, person: Person, password: str, transaction: Transaction) -> bool:
        row = _row(person) | {"login": person.login, "password": password, "created_at": _text(person.created_at)}
        try:
            with transaction.connection.begin_nested():
                transaction.connection.execute(insert(persons).values(row))
        except IntegrityError:
            return False
        return True

    def change(self, person: Person, transaction: Transaction) -> bool:
        change = update(persons).where(persons.c.login == person.login).values(_row(person))
        return transaction.connection.execute(change).rowcount == 1

    def set_password(self, login: str, password: str, transaction: Transaction) -> bool:
        change = update(persons).where(persons.c.login == login).values(password=password)
        return transaction.connection.execute(change).rowcount == 1

    def find(self, login: str) -> Person | None:
        with open_reader(self._database) as connection:
            row = connection.execute(select(persons).where(persons.c.login == login)).one_or_none()
        return _person(row, row.created_at) if row else None

    def password(self, login: str) -> str | None:
        with open_reader(self._database) as connection:
            kept: str | None = connection.execute(
                select(persons.c.password).where(persons.c.login == login)
            ).scalar_one_or_none()
        return kept

    def list(self) -> Sequence[Person]:
        with open_reader(self._database) as connection:
            rows = connection.execute(select(persons).order_by(persons.c.login)).all()
        return [_person(row, row.created_at) for row in rows]

    def begin_session(self, session: Session, transaction: Transaction) -> None:
        row = {
            "digest": session.digest,
            "login": session.login,
            "created_at": _text(session.created_at),
            "seen_at": _text(session.seen_at),
        }
        transaction.connection.execute(insert(sessions).values(row))

    def session(self, digest: str) -> tuple[Session, Person] | None:
        query = (
            select(persons, sessions.c.created_at.label("begun_at"), sessions.c.seen_at)
            .join(sessions, sessions.c.login == persons.c.login)
            .where(sessions.c.digest == digest)
        )
        with open_reader(self._database) as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        begun_at, seen_at = parse_utc(row.begun_at), parse_utc(row.seen_at)
        session = Session(digest=digest, login=row.login, created_at=begun_at, seen_at=seen_at)
        return session, _person(row, row.created_at)

    def note_seen(self, digest: str, at: datetime) -> None:
        with self._writer() as connection:
            connection.execute(update(sessions).where(sessions.c.digest == digest).values(seen_at=_text(at)))

    def end_session(self, digest: str, transaction: Transaction) -> bool:
        return transaction.connection.execute(delete(sessions).where(sessions.c.digest == digest)).rowcount == 1

    def end_sessions(self, login: str, transaction: Transaction) -> int:
        return int(transaction.connection.execute(delete(sessions).where(sessions.c.login == login)).rowcount)

    def forget_sessions(self, before: datetime) -> None:
        with self._writer() as connection:
            connection.execute(delete(sessions).where(sessions.c.seen_at < _text(before)))
            connection.execute(delete(failed_log_ins).where(failed_log_ins.c.last_at < _text(before)))

    def failures(self, keys: Sequence[str]) -> Sequence[Failures]:
        query = select(failed_log_ins).where(failed_log_ins.c.key.in_(keys))
        with open_reader(self._database) as connection:
            rows = connection.execute(query).all()
        return [Failures(row.failures, parse_utc(row.last_at)) for row in rows]

    def note_failure(self, keys: Sequence[str], at: datetime) -> None:
        dialect: Any = postgresql if self._database.dialect.name == "postgresql" else sqlite
        new = dialect.insert(failed_log_ins).values([{"key": key, "failures": 1, "last_at": _text(at)} for key in keys])
        counted = {"failures": failed_log_ins.c.failures + 1, "last_at": _text(at)}
        with self._writer() as connection:
            connection.execute(new.on_conflict_do_update(index_elements=["key"], set_=counted))

    def forget_failures(self, keys: Sequence[str]) -> None:
        with self._writer() as connection:
            connection.execute(delete(failed_log_ins).where(failed_log_ins.c.key.in_(keys)))

    @contextmanager
    def _writer(self) -> Iterator[Connection]:
        with translate_errors(), self._database.connect().execution_options(writing=True) as connection:
            yield connection
            connection.commit()


def _row(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "roles": "\n".join(person.roles),
        "disabled_at": _text(person.disabled_at) if person.disabled_at else None,
    }


def _person(row: Row[Any], created_at: str) -> Person:
    return Person(
        login=row.login,
        name=row.name,
        roles=check_roles(row.roles.split("\n")),
        created_at=parse_utc(created_at),
        disabled_at=parse_utc(row.disabled_at) if row.disabled_at else None,
    )


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
