"""Sessions of the console: log in, who is logged in, log out. The ledger has log-ins and log-outs."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lienthong.access.passwords import is_password
from lienthong.access.persons import Person, Session
from lienthong.access.roles import Viewer, rights_of
from lienthong.access.rules import AccessRules
from lienthong.dead_letters.actor import Actor
from lienthong.messages import Message, message
from lienthong.operations.access_acts import SESSIONS, Act, record_access_act
from lienthong.operations.persons import PersonStore
from lienthong.ports import LedgerTransaction

SEEN_EVERY = timedelta(seconds=30)
"""How exactly it is known when a session came last: not every page is a write to the database."""


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that counts: who it is, and the digest that it is stored under."""

    viewer: Viewer
    digest: str


def check_log_in(store: PersonStore, login: str, password: str) -> Person | None:
    """The person of this login with this password; None otherwise. It takes as long for a login that there is not."""
    person = store.persons.find(login)
    fits = is_password(person.password if person else "", password)
    if person is None or person.disabled_at is not None:
        return None
    if not fits:
        _record_once(store, person, "log-in-refused", message("log-in refused: another password"))
    return person if fits else None


def begin_session(store: PersonStore, person: Person, how: Message) -> str:
    """Begin a session; returns what the browser keeps. `how`: the way of the log-in, for the ledger."""
    token, now = secrets.token_urlsafe(32), store.clock.now()
    with store.ledger.transaction() as transaction:
        session = Session(digest=digest_of(token), login=person.login, began_at=now, seen_at=now)
        store.sessions.begin(session, transaction)
        _record(transaction, person, "logged-in", message("logged in {how}", how=how), now)
    return token


def find_session(store: PersonStore, rules: AccessRules, token: str) -> OpenSession | None:
    """The session of what a browser sent, with the rights that the person has now. None when there is none any more."""
    if not token:
        return None
    digest, now = digest_of(token), store.clock.now()
    found = store.sessions.find(digest)
    if found is None:
        return None
    session, person = found
    ended = now - session.seen_at >= rules.idle or now - session.began_at >= rules.longest
    if ended or person.disabled_at is not None:
        return None
    if now - session.seen_at >= SEEN_EVERY:
        store.sessions.see(digest, now)
    return OpenSession(viewer_of(person, rules), digest)


def end_session(store: PersonStore, session: OpenSession, *, everywhere: bool = False) -> None:
    """Log out: of this browser, or of all."""
    person, now = store.persons.find(session.viewer.login), store.clock.now()
    if person is None:
        return
    what = message("logged out everywhere") if everywhere else message("logged out")
    with store.ledger.transaction() as transaction:
        if everywhere:
            store.sessions.end_all(person.login, transaction)
        else:
            store.sessions.end(session.digest, transaction)
        _record(transaction, person, "logged-out", what, now)


def viewer_of(person: Person, rules: AccessRules) -> Viewer:
    """The person as pages know one."""
    rights = rights_of(person.roles, rules.roles)
    return Viewer(person.login, person.name, person.roles, rights, accounts=person.accounts)


def digest_of(token: str) -> str:
    """What a session is stored under: what the browser has cannot be made from it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def form_token(token: str) -> str:
    """What every form of a session sends: it can be made from what the browser has, but not the other way round."""
    return hmac.new(token.encode("utf-8", "replace"), b"form", hashlib.sha256).hexdigest()


def who_is(person: Person) -> str:
    """The person as the ledger names an actor."""
    return str(Actor(person.name, person.login))


def _record_once(store: PersonStore, person: Person, kind: str, what: Message) -> None:
    with store.ledger.transaction() as transaction:
        _record(transaction, person, kind, what, store.clock.now())


def _record(transaction: LedgerTransaction, person: Person, kind: str, what: Message, now: datetime) -> None:
    facts: Mapping[str, str] = {"login": person.login}
    act = Act(who_is(person))
    record_access_act(transaction, SESSIONS, person.login, kind, facts, what=what, act=act, now=now)
