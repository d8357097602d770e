"""Sendings: each is committed before a server is called, so that none is called twice for one recipient."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Row, and_, select, update

from connectors.notices.gateway import Answer, Attachment, Verdict
from lienthong.adapters.sql import open_reader
from store.durable import durable_transaction
from store.instants import format_instant
from store.notices.rows import insert_new
from store.reports.mail import Target
from store.reports.rows import UNAVAILABLE
from store.reports.tables import sendings

SENDING, SENT, FAILED, IN_DOUBT, UNCHANGED = "sending", "sent", "failed", "in_doubt", "unchanged"
"""`failed`: surely not sent, and sent again when a person asks. `unchanged`: the edition before has the same letter."""

DONE = (SENT, UNCHANGED)

Key = tuple[str, str, str]
"""Channel, unit, recipient."""


class Sendings:
    """The sendings of one edition. Each method is a transaction of its own, and raises `Transient`."""

    def __init__(self, database: Engine, edition: str) -> None:
        self._database = database
        self._edition = edition

    def states(self) -> Mapping[Key, Row[Any]]:
        """What is known of each message."""
        of_edition = select(sendings).where(sendings.c.edition_id == self._edition)
        with open_reader(self._database, UNAVAILABLE) as connection:
            return {(row.channel, row.unit, row.recipient): row for row in connection.execute(of_edition)}

    def begin(self, target: Target, files: Sequence[Attachment], now: datetime) -> bool:
        """Note, durably, that the message is about to leave. False when it is under way, or has left."""
        row = self._row(target, SENDING, now)
        row["files"] = orjson.dumps([_described(file) for file in files]).decode()
        with self._writing() as connection:
            if insert_new(connection, sendings, row):
                return True
            again = {"state": SENDING, "began_at": row["began_at"], "files": row["files"], "answered_at": None}
            failed = and_(_is(self._edition, target), sendings.c.state == FAILED)
            query = update(sendings).where(failed).values(**again, tries=sendings.c.tries + 1)
            return bool(connection.execute(query).rowcount)

    def note(self, target: Target, answer: Answer, state: str, now: datetime) -> None:
        """Note what became of it."""
        values = {"state": state, "answered_at": format_instant(now), "code": answer.code, "why": answer.why}
        with self._writing() as connection:
            connection.execute(update(sendings).where(_is(self._edition, target)).values(**values))

    def note_unchanged(self, target: Target, now: datetime) -> None:
        """Note that this recipient has the same from the edition before."""
        with self._writing() as connection:
            insert_new(connection, sendings, self._row(target, UNCHANGED, now))

    def _row(self, target: Target, state: str, now: datetime) -> dict[str, Any]:
        return {
            "edition_id": self._edition,
            "channel": target.channel,
            "unit": target.unit,
            "recipient": target.recipient,
            "message_id": target.message_id(self._edition),
            "state": state,
            "tries": 1,
            "began_at": format_instant(now),
            "answered_at": None,
            "code": None,
            "why": "",
            "files": "[]",
            "received_at": None,
        }

    def _writing(self) -> AbstractContextManager[Connection]:
        return durable_transaction(self._database, UNAVAILABLE)


def state_of(answer: Answer) -> str:
    """What a recipient's state is after an answer."""
    if answer.verdict in (Verdict.ACCEPTED, Verdict.DELIVERED):
        return SENT
    return IN_DOUBT if answer.verdict == Verdict.IN_DOUBT else FAILED


def write_state(connection: Connection, row: Row[Any], values: Mapping[str, Any]) -> bool:
    """Write some columns of a sending. False when its state is another one by now."""
    key = (row.edition_id, row.channel, row.unit, row.recipient)
    columns = (sendings.c.edition_id, sendings.c.channel, sendings.c.unit, sendings.c.recipient)
    same = and_(*(column == value for column, value in zip(columns, key, strict=True)), sendings.c.state == row.state)
    return connection.execute(update(sendings).where(same).values(**values)).rowcount == 1


def _is(edition: str, target: Target) -> Any:
    return and_(
        sendings.c.edition_id == edition,
        sendings.c.channel == target.channel,
        sendings.c.unit == target.unit,
        sendings.c.recipient == target.recipient,
    )


def _described(file: Attachment) -> Mapping[str, Any]:
    return {"name": file.name, "digest": f"sha256:{sha256(file.content).hexdigest()}", "bytes": len(file.content)}
