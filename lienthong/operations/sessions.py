"""Logging in and out of the console: sessions that live on the server, and waits for those who guess."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lienthong.access.passwords import is_right
from lienthong.access.persons import MAX_PASSWORD_LENGTH, Person, Session
from lienthong.access.roles import Right, Viewer, rights_of
from lienthong.errors import LienthongError
from lienthong.messages import message, reader_language
from lienthong.operations.access_acts import Act, record_act
from lienthong.operations.persons import SOURCE, PersonStore
from lienthong.settings import AccessSettings

SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is kept when a session was used last: a row is written once in this time."""

_MOST_LOGIN_LENGTH = 100


class LogInRefused(LienthongError):  # noqa: N818 - the name states what is wrong
    """The log-in was not accepted. `until`: when the next try is looked at (UTC); None: at once."""

    def __init__(self, why: object, until: datetime | None = None) -> None:
        super().__init__(why)
        self.until = until


@dataclass(frozen=True, slots=True)
class Sessions:
    """Opens, finds and ends sessions. Any number of threads and processes may use it on the same database."""

    store: PersonStore
    settings: AccessSettings

    def log_in(self, login: str, password: str, *, address: str) -> str:
        """The secret of a new session. Raises `LogInRefused`, and `Transient`.

        The reason does not state whether the login or the password was wrong. `address` is the caller's; failures are
        counted by it, too, against guessing with many logins.
        """
        now, typed = self.store.clock.now(), login.strip().lower()[:_MOST_LOGIN_LENGTH]
        keys = _failure_keys(typed, address)
        waits = [one.wait_until(now) for one in self.store.persons.failures(keys)]
        if until := max((one for one in waits if one), default=None):
            raise LogInRefused(message("too many log-ins failed; wait before the next one"), until)
        person = self.store.persons.find(typed)
        is_known = is_right(self.store.persons.password(typed), password[: MAX_PASSWORD_LENGTH + 1])
        if person is None or not is_known or person.disabled_at is not None:
            self.store.persons.note_failure(keys, now)
            raise LogInRefused(message("login or password is not right, or the person may not log in any more"))
        self.store.persons.forget_failures(keys[:1])
        return self.begin(person, "password")

    def begin(self, person: Person, way: str) -> str:
        """The secret of a new session of a person whose identity was proved. `way`: how."""
        now, secret = self.store.clock.now(), secrets.token_urlsafe(32)
        session = Session(digest=_digest(secret), login=person.login, created_at=now, seen_at=now)
        with self.store.ledger.transaction() as transaction:
            self.store.persons.begin_session(session, transaction)
            act = Act(f"{person.name} ({person.login})")
            record_act(
                transaction,
                person.login,
                "person-logged-in",
                {"way": way},
                what=message("logged in"),
                act=act,
                now=now,
                source=SOURCE,
            )
        self.store.persons.forget_sessions(now - max(self.settings.absolute, timedelta(days=1)))
        return secret

    def find(self, secret: str) -> Viewer | None:
        """Whose session it is; None when it ended or never was one. Raises `Transient`."""
        if not secret:
            return None
        now, digest = self.store.clock.now(), _digest(secret)
        found = self.store.persons.session(digest)
        if found is None:
            return None
        session, person = found
        is_alive = session.is_alive(now, idle=self.settings.idle, absolute=self.settings.absolute)
        if not is_alive or person.disabled_at is not None:
            return None
        if now - session.seen_at >= min(SEEN_EVERY, self.settings.idle / 2):
            self.store.persons.note_seen(digest, now)
        return Viewer(person.login, person.name, person.roles, self._rights(person), reader_language())

    def log_out(self, secret: str, *, viewer: Viewer, everywhere: bool = False) -> None:
        """End the session, or all sessions of its person."""
        now, persons = self.store.clock.now(), self.store.persons
        with self.store.ledger.transaction() as transaction:
            if everywhere:
                persons.end_sessions(viewer.login, transaction)
            else:
                persons.end_session(_digest(secret), transaction)
            what = message("logged out everywhere") if everywhere else message("logged out")
            act = Act(f"{viewer.name} ({viewer.login})")
            record_act(transaction, viewer.login, "person-logged-out", {}, what=what, act=act, now=now, source=SOURCE)

    def is_empty(self) -> bool:
        """Whether there is no person yet who could log in."""
        return not self.store.persons.list()

    def _rights(self, person: Person) -> Sequence[Right]:
        return rights_of(person.roles, self.settings.roles)


def form_token(secret: str) -> str:
    """What forms of a session send back. It follows from the secret, and the secret does not follow from it."""
    return hashlib.sha256(f"form {secret}".encode()).hexdigest()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _failure_keys(login: str, address: str) -> Sequence[str]:
    """Digests: what was typed as a login may be a password."""
    kinds = (("login", login), ("address", address))
    return [hashlib.sha256(f"{kind} {text}".encode("utf-8", "replace")).hexdigest() for kind, text in kinds if text]
