"""Attempts to send: each is committed before its gateway is called, so that none is called twice.

Every function is a transaction of its own, apart from the ledger's: what was begun stays begun, whatever becomes of the
process.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, delete, or_, select, update

from connectors.notices.gateway import Answer, Verdict
from lienthong.adapters.sql import translate_errors
from store.durable import durable_transaction
from store.instants import format_instant, parse_optional
from store.notices.rows import insert_new
from store.notices.tables import attempts

_AWAY = "cơ sở dữ liệu không trả lời"


class Attempts:
    """The attempts in a database. Each method raises `Transient` when the database does not answer."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def begin(self, notice: str, attempt: int, *, channel: str, event_id: str, now: datetime) -> Row[Any] | None:
        """Note, durably, that a gateway is about to be called. Returns the attempt when it was begun before."""
        row = {
            "notice_id": notice,
            "attempt": attempt,
            "channel": channel,
            "event_id": event_id,
            "began_at": format_instant(now),
        }
        with durable_transaction(self._database, _AWAY) as connection:
            if insert_new(connection, attempts, row):
                return None
            return connection.execute(select(attempts).where(_is(notice, attempt))).one()

    def find(self, notice: str, attempt: int) -> Row[Any] | None:
        """The attempt, if it was begun."""
        with translate_errors(_AWAY), self._database.connect() as connection:
            return connection.execute(select(attempts).where(_is(notice, attempt))).first()

    def note(self, notice: str, attempt: int, answer: Answer, now: datetime) -> None:
        """Note what the gateway answered. A doubt is replaced by an answer, never an answer by a doubt."""
        with durable_transaction(self._database, _AWAY) as connection:
            note_answer(connection, notice, attempt, answer, now)

    def undo(self, notice: str, attempt: int) -> None:
        """Forget an attempt at which surely nothing was sent."""
        with durable_transaction(self._database, _AWAY) as connection:
            connection.execute(delete(attempts).where(_is(notice, attempt), attempts.c.verdict.is_(None)))


def answer_of(row: Row[Any]) -> Answer | None:
    """What a gateway answered of an attempt; None when it is not known."""
    if row.verdict is None:
        return None
    return Answer(
        Verdict(row.verdict),
        row.why or "",
        code=row.code,
        gateway_id=row.gateway_id,
        cost=row.cost,
        parts=row.parts,
        not_before=parse_optional(row.not_before),
    )


def note_answer(connection: Connection, notice: str, attempt: int, answer: Answer, now: datetime) -> None:
    """See `Attempts.note`."""
    values = {
        "answered_at": format_instant(now),
        "verdict": str(answer.verdict),
        **{name: getattr(answer, name) for name in ("code", "why", "gateway_id", "cost", "parts")},
        "not_before": None if answer.not_before is None else format_instant(answer.not_before),
    }
    is_open = or_(attempts.c.verdict.is_(None), attempts.c.verdict == Verdict.IN_DOUBT)
    connection.execute(update(attempts).where(_is(notice, attempt), is_open).values(**values))


def _is(notice: str, attempt: int) -> Any:
    return and_(attempts.c.notice_id == notice, attempts.c.attempt == attempt)
