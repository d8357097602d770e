"""Persons: add, change, disable, enable. Each act is in the ledger, with who and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lienthong.access.passwords import check_password, hash_password
from lienthong.access.persons import Person, check_login, check_person_name, check_roles
from lienthong.errors import LienthongError, WrongUse
from lienthong.messages import Message, message
from lienthong.operations.access_acts import PERSONS, Act, record_access_act
from lienthong.ports import Clock, Ledger, LedgerTransaction, Persons, Sessions


class NoSuchPerson(LienthongError):  # noqa: N818 - the name states what is wrong
    """The person is not there, or is there already. The text is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class PersonStore:
    """What acts on persons need: the persons, their sessions, and the ledger of the same database."""

    persons: Persons
    sessions: Sessions
    ledger: Ledger
    clock: Clock


def add_person(
    store: PersonStore,
    login: str,
    roles: Sequence[str],
    *,
    act: Act,
    password: str,
    name: str = "",
    accounts: Sequence[str] = (),
) -> Person:
    """Add a person.

    Raises `WrongUse`, and `NoSuchPerson` when the login, the name or an account is that of another person: the ledger's
    names would mean two persons.
    """
    now = store.clock.now()
    person = Person(
        login=check_login(login),
        name=check_person_name(name or login),
        roles=check_roles(roles),
        accounts=tuple(dict.fromkeys(filter(None, (each.strip() for each in accounts)))),
        created_at=now,
        password=hash_password(check_password(password, login, name)),
    )
    _refuse_same_names(store, person)
    with store.ledger.transaction() as transaction:
        if not store.persons.add(person, transaction):
            raise _is_there(login)
        what = message("person added, with the roles {roles}", roles=", ".join(person.roles))
        _record(transaction, person, "person-added", what=what, act=act, store=store)
    return person


def change_person(
    store: PersonStore,
    login: str,
    *,
    act: Act,
    roles: Sequence[str] = (),
    name: str = "",
    accounts: Sequence[str] | None = None,
) -> Person:
    """Change what is given. New roles count from the next request of a session on. Raises as `add_person` does."""
    person = require_person(store, login)
    changed = replace(
        person,
        roles=check_roles(roles) if roles else person.roles,
        name=check_person_name(name) if name else person.name,
        accounts=person.accounts if accounts is None else tuple(dict.fromkeys(accounts)),
    )
    if changed == person:
        raise WrongUse(message("Nothing is to be changed: it is so already."))
    _refuse_same_names(store, changed)
    what = message(
        "person changed: {name}, roles {old} → {new}",
        name=changed.name,
        old=", ".join(person.roles),
        new=", ".join(changed.roles),
    )
    _change(store, changed, "person-changed", what=what, act=act)
    return changed


def set_password(store: PersonStore, login: str, password: str, *, act: Act) -> int:
    """Give a person another password, and end all of the person's sessions; returns how many. Raises `WrongUse`."""
    person = require_person(store, login)
    check_password(password, person.login, person.name)
    changed = replace(person, password=hash_password(password))
    return _change(store, changed, "password-set", what=message("new password; all sessions ended"), act=act, ends=True)


def disable_person(store: PersonStore, login: str, *, act: Act) -> int:
    """From now on the person cannot log in, and all sessions are ended; returns how many. The name stays known."""
    person = require_person(store, login)
    if person.disabled_at is not None:
        raise NoSuchPerson(message("{login} is disabled already", login=login))
    changed = replace(person, disabled_at=store.clock.now())
    what = message("person disabled; all sessions ended")
    return _change(store, changed, "person-disabled", what=what, act=act, ends=True)


def enable_person(store: PersonStore, login: str, *, act: Act) -> None:
    """Let a person who was disabled log in again."""
    person = require_person(store, login)
    if person.disabled_at is None:
        raise NoSuchPerson(message("{login} is not disabled", login=login))
    _change(store, replace(person, disabled_at=None), "person-enabled", what=message("person enabled again"), act=act)


def log_out_everywhere(store: PersonStore, login: str, *, act: Act) -> int:
    """End all sessions of a person; returns how many there were."""
    person = require_person(store, login)
    return _change(store, person, "logged-out", what=message("all sessions ended"), act=act, ends=True)


def require_person(store: PersonStore, login: str) -> Person:
    """Raises `NoSuchPerson`."""
    person = store.persons.find(login)
    if person is None:
        raise NoSuchPerson(
            message("there is no person {login}; `lienthong access person list` shows them", login=login)
        )
    return person


def person_json(person: Person) -> dict[str, Any]:
    """Instants are UTC in ISO 8601. The password is not in it."""
    return {
        "login": person.login,
        "name": person.name,
        "roles": list(person.roles),
        "accounts": list(person.accounts),
        "created": person.created_at.isoformat(),
        "disabled": person.disabled_at.isoformat() if person.disabled_at else None,
    }


def _change(store: PersonStore, person: Person, kind: str, *, what: Message, act: Act, ends: bool = False) -> int:
    with store.ledger.transaction() as transaction:
        if not store.persons.change(person, transaction):
            raise NoSuchPerson(message("{login} was changed by another person just now", login=person.login))
        ended = store.sessions.end_all(person.login, transaction) if ends else 0
        _record(transaction, person, kind, what=what, act=act, store=store)
    return ended


def _refuse_same_names(store: PersonStore, person: Person) -> None:
    for other in store.persons.list():
        if other.login == person.login:
            continue
        for text in (person.login, person.name, *person.accounts):
            if other.is_named(text):
                raise NoSuchPerson(
                    message(
                        "{text} already means the person {login}; choose another, such as the name with the unit",
                        text=text,
                        login=other.login,
                    )
                )


def _is_there(login: str) -> NoSuchPerson:
    return NoSuchPerson(
        message(
            "there is a person {login} already; change roles with `lienthong access person role {login}`", login=login
        )
    )


def _record(
    transaction: LedgerTransaction, person: Person, kind: str, *, what: Message, act: Act, store: PersonStore
) -> None:
    facts: Mapping[str, Any] = {
        "login": person.login,
        "name": person.name,
        "roles": list(person.roles),
        "accounts": list(person.accounts),
    }
    record_access_act(transaction, PERSONS, person.login, kind, facts, what=what, act=act, now=store.clock.now())
