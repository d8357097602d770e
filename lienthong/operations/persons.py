"""Persons and their roles: add, change, disable, list. Each act is an event of the ledger, with who did it and why.

The event has the source `access.persons` and the person's login as its subject, so `lienthong trail LOGIN` shows all
that was done with a person, and when the person logged in and out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lienthong.access.passwords import hash_password
from lienthong.access.persons import MAX_NAME_LENGTH, Person, check_login, check_password, check_roles
from lienthong.errors import LienthongError
from lienthong.messages import Message, message
from lienthong.operations.access_acts import Act, record_act
from lienthong.ports import Clock, Ledger, LedgerTransaction
from lienthong.ports.persons import Persons

SOURCE = "access.persons"
"""The source and the stage of the acts on persons. No source of a project has a dot in its name."""


class NoSuchPerson(LienthongError):  # noqa: N818 - the name states what is wrong
    """The person is not there, or is there already. The text is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class PersonStore:
    """What acts on persons need: the persons, and the ledger of the same database."""

    persons: Persons
    ledger: Ledger
    clock: Clock


def add_person(store: PersonStore, login: str, *, name: str, roles: Iterable[str], password: str, act: Act) -> Person:
    """Add a person. Raises `WrongUse`, and `NoSuchPerson` when there is one of this login."""
    now, checked = store.clock.now(), check_login(login)
    person = Person(
        login=checked,
        name=" ".join(name.split())[:MAX_NAME_LENGTH] or checked,
        roles=check_roles(roles),
        created_at=now,
    )
    kept = hash_password(check_password(password, checked))
    with store.ledger.transaction() as transaction:
        if not store.persons.add(person, kept, transaction):
            raise NoSuchPerson(message("there is a person {login} already", login=checked))
        what = message("person added, in the roles {roles}", roles=", ".join(person.roles))
        record_act(transaction, checked, "person-added", _facts(person), what=what, act=act, now=now, source=SOURCE)
    return person


def set_roles(store: PersonStore, login: str, roles: Iterable[str], *, act: Act) -> Person:
    """Give a person other roles; they count at once, in sessions too. Raises `WrongUse`, `NoSuchPerson`."""
    person = _require(store, login)
    changed = replace(person, roles=check_roles(roles))
    what = message("roles {before} replaced by {roles}", before=", ".join(person.roles), roles=", ".join(changed.roles))
    _change(store, changed, "person-roles-changed", what, act)
    return changed


def set_password(store: PersonStore, login: str, password: str, *, act: Act) -> None:
    """Give a person another password, and end every session of the person. Raises `WrongUse`, `NoSuchPerson`."""
    person = _require(store, login)
    kept = hash_password(check_password(password, person.login))
    with store.ledger.transaction() as transaction:
        store.persons.set_password(person.login, kept, transaction)
        _end_and_record(
            store, person, transaction, "person-password-changed", what=message("another password"), act=act
        )


def disable(store: PersonStore, login: str, *, act: Act) -> None:
    """Accept no log-in of a person any more, and end every session. Raises `NoSuchPerson`."""
    person = replace(_require(store, login), disabled_at=store.clock.now())
    with store.ledger.transaction() as transaction:
        store.persons.change(person, transaction)
        _end_and_record(store, person, transaction, "person-disabled", what=message("person disabled"), act=act)


def enable(store: PersonStore, login: str, *, act: Act) -> None:
    """Accept log-ins of a person again. Raises `NoSuchPerson`."""
    person = replace(_require(store, login), disabled_at=None)
    _change(store, person, "person-enabled", message("person enabled again"), act)


def log_out_everywhere(store: PersonStore, login: str, *, act: Act) -> int:
    """End every session of a person; how many they were. Raises `NoSuchPerson`."""
    person = _require(store, login)
    with store.ledger.transaction() as transaction:
        what = message("logged out everywhere")
        return _end_and_record(store, person, transaction, "person-logged-out", what=what, act=act)


def list_persons(store: PersonStore) -> Sequence[Person]:
    """Every person by login."""
    return store.persons.list()


def person_json(person: Person) -> dict[str, Any]:
    """Instants are UTC in ISO 8601."""
    return {
        "login": person.login,
        "name": person.name,
        "roles": list(person.roles),
        "created": person.created_at.isoformat(),
        "disabled": person.disabled_at.isoformat() if person.disabled_at else None,
    }


def _change(store: PersonStore, person: Person, kind: str, what: Message, act: Act) -> None:
    with store.ledger.transaction() as transaction:
        store.persons.change(person, transaction)
        now = store.clock.now()
        record_act(transaction, person.login, kind, _facts(person), what=what, act=act, now=now, source=SOURCE)


def _end_and_record(
    store: PersonStore, person: Person, transaction: LedgerTransaction, kind: str, *, what: Message, act: Act
) -> int:
    ended = store.persons.end_sessions(person.login, transaction)
    facts = _facts(person) | {"sessions_ended": ended}
    record_act(transaction, person.login, kind, facts, what=what, act=act, now=store.clock.now(), source=SOURCE)
    return ended


def _require(store: PersonStore, login: str) -> Person:
    person = store.persons.find(login.strip().lower())
    if person is None:
        raise NoSuchPerson(
            message(
                "there is no person {login}; `lienthong access person list` shows them", login=login[:MAX_NAME_LENGTH]
            )
        )
    return person


def _facts(person: Person) -> dict[str, Any]:
    return {"login": person.login, "roles": list(person.roles), "disabled": person.disabled_at is not None}
