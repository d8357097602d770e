"""The ports `Persons` and `Sessions` in SQL."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Row, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from lienthong.access.persons import Person, Session
from lienthong.adapters.sql.database import open_reader
from lienthong.adapters.sql.errors import translate_errors
from lienthong.adapters.sql.person_tables import forms, persons, reveals, sessions
from lienthong.data.text import fold
from lienthong.envelope import parse_utc
from lienthong.ports import Transaction

FORMS_KEPT = timedelta(days=1)
"""How long the number of a form is known: as long as a browser may send it again."""

_OF_SESSION = (
    select(persons, sessions.c.began_at, sessions.c.seen_at)
    .join(sessions, sessions.c.login == persons.c.login)
    .where(sessions.c.digest == bindparam("of_digest"))
)


class SqlPersons:
    """See `Persons`."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def add(self, person: Person, transaction: Transaction) -> bool:
        row = {"login": person.login, "created_at": to_text(person.created_at), **_values(person)}
        try:
            with transaction.connection.begin_nested():
                transaction.connection.execute(insert(persons).values(row))
        except IntegrityError:
            return False
        return True

    def change(self, person: Person, transaction: Transaction) -> bool:
        change = update(persons).where(persons.c.login == person.login).values(_values(person))
        return transaction.connection.execute(change).rowcount == 1

    def find(self, login: str) -> Person | None:
        with open_reader(self._database) as connection:
            row = connection.execute(select(persons).where(persons.c.login == login)).one_or_none()
        return _person(row) if row else None

    def list(self) -> Sequence[Person]:
        with open_reader(self._database) as connection:
            return [_person(row) for row in connection.execute(select(persons).order_by(persons.c.login))]


class SqlSessions:
    """See `Sessions`."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def begin(self, session: Session, transaction: Transaction) -> None:
        row = {
            "digest": session.digest,
            "login": session.login,
            "began_at": to_text(session.began_at),
            "seen_at": to_text(session.seen_at),
        }
        transaction.connection.execute(insert(sessions).values(row))

    def find(self, digest: str) -> tuple[Session, Person] | None:
        with open_reader(self._database) as connection:
            row = connection.execute(_OF_SESSION, {"of_digest": digest}).one_or_none()
        if row is None:
            return None
        began, seen = parse_utc(row.began_at), parse_utc(row.seen_at)
        return Session(digest=digest, login=row.login, began_at=began, seen_at=seen), _person(row)

    def see(self, digest: str, now: datetime) -> None:
        with translate_errors(), self._database.connect().execution_options(writing=True) as connection:
            connection.execute(update(sessions).where(sessions.c.digest == digest).values(seen_at=to_text(now)))
            connection.commit()

    def end(self, digest: str, transaction: Transaction) -> bool:
        return transaction.connection.execute(delete(sessions).where(sessions.c.digest == digest)).rowcount == 1

    def end_all(self, login: str, transaction: Transaction) -> int:
        return transaction.connection.execute(delete(sessions).where(sessions.c.login == login)).rowcount


def forget_ended(database: Engine, now: datetime, *, idle: timedelta) -> None:
    """Remove the sessions, the shown fields and the numbers of forms that have ended by themselves.

    Raises `Transient`.
    """
    with translate_errors(), database.connect().execution_options(writing=True) as connection:
        connection.execute(delete(sessions).where(sessions.c.seen_at < to_text(now - idle)))
        connection.execute(delete(reveals).where(reveals.c.until < to_text(now)))
        connection.execute(delete(forms).where(forms.c.at < to_text(now - FORMS_KEPT)))
        connection.commit()


def to_text(moment: datetime) -> str:
    """An instant as the tables have it: the same number of digits always."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _values(person: Person) -> Mapping[str, Any]:
    return {
        "name": person.name,
        "folded_name": fold(person.name),
        "roles": "\n".join(person.roles),
        "accounts": "\n".join(person.accounts),
        "password": person.password,
        "disabled_at": to_text(person.disabled_at) if person.disabled_at else None,
    }


def _person(row: Row[Any]) -> Person:
    return Person(
        login=row.login,
        name=row.name,
        roles=tuple(row.roles.split("\n")),
        accounts=tuple(row.accounts.split()),
        password=row.password,
        created_at=parse_utc(row.created_at),
        disabled_at=parse_utc(row.disabled_at) if row.disabled_at else None,
    )
