"""Edits of dead letters in SQL, and the proof that they are what the ledger says was proposed and approved."""

import hashlib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update

from lienthong.adapters.sql import rows
from lienthong.adapters.sql.database import reading
from lienthong.adapters.sql.letter_tables import edits
from lienthong.adapters.sql.predicates import of_event
from lienthong.adapters.sql.schema import dead_letters, entries
from lienthong.dead_letters.edits import DIGEST_DIGITS
from lienthong.dead_letters.model import Edit, EditState
from lienthong.envelope import Envelope, canonical_json, parse_utc
from lienthong.ports import Transaction


class SqlEdits:
    """See `Edits`."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def history(self, letter: int) -> Sequence[Edit]:
        with reading(self._database) as connection:
            query = select(edits).where(edits.c.letter == letter).order_by(edits.c.number)
            return [
                Edit(
                    row.number,
                    row.letter,
                    rows.unpack(row.data),
                    row.digest,
                    row.reason,
                    row.proposed_by,
                    parse_utc(row.proposed_at),
                    row.state,
                    row.decided_by,
                    parse_utc(row.decided_at) if row.decided_at else None,
                )
                for row in connection.execute(query)
            ]

    def propose(self, edit: Edit, transaction: Transaction) -> None:
        connection = transaction.connection
        open_now = (edits.c.letter == edit.letter) & (edits.c.state == "proposed")
        connection.execute(update(edits).where(open_now).values(state="superseded"))
        place = select(dead_letters.c.event_id, dead_letters.c.stage).where(dead_letters.c.number == edit.letter)
        event_id, stage = connection.execute(place).one()
        connection.execute(
            insert(edits).values(
                letter=edit.letter,
                event_id=event_id,
                stage=stage,
                data=rows.pack(canonical_json(edit.data)),
                digest=edit.digest,
                reason=edit.reason,
                proposed_by=edit.proposed_by,
                proposed_at=edit.proposed_at.isoformat(),
                state=edit.state,
            )
        )

    def decide(self, edit: int, state: EditState, who: str, at: datetime, transaction: Transaction) -> bool:
        open_now = (edits.c.number == edit) & (edits.c.state == "proposed")
        decided = update(edits).where(open_now).values(state=state, decided_by=who, decided_at=at.isoformat())
        return transaction.connection.execute(decided).rowcount == 1


def approved_data(connection: Connection, numbers: Sequence[int]) -> Mapping[int, Any]:
    """By letter, the data of its newest approved edit."""
    query = (
        select(edits.c.letter, edits.c.data)
        .where(edits.c.letter.in_(numbers), edits.c.state == "approved")
        .order_by(edits.c.number)
    )
    return {letter: rows.unpack(data) for letter, data in connection.execute(query)}


def edited_envelopes(connection: Connection, event_ids: Sequence[str]) -> Mapping[tuple[str, str], Envelope]:
    """By (event, stage), the event as the newest approved edit made it for that stage."""
    query = (
        select(edits.c.event_id, edits.c.stage, edits.c.data, dead_letters.c.envelope)
        .join(dead_letters, dead_letters.c.number == edits.c.letter)
        .where(edits.c.event_id.in_(event_ids), edits.c.state == "approved")
        .order_by(edits.c.number)
    )
    return {
        (event_id, stage): Envelope.from_wire(rows.unpack(envelope))._replace(data=rows.unpack(data))
        for event_id, stage, data, envelope in connection.execute(query)
    }


def verify(connection: Connection) -> Iterator[str]:
    """Every edit that is not what the ledger says, and every word of the ledger about an edit that is gone."""
    for row in connection.execute(select(edits.c.number, edits.c.data, edits.c.digest)):
        try:
            digest = hashlib.sha256(zlib.decompress(row.data)).hexdigest()
        except zlib.error:
            digest = ""
        if digest != row.digest:
            yield f"bản sửa số {row.number}: nội dung không còn là nội dung đã đề nghị"
    own = (
        of_event(edits.c.event_id)
        & (entries.c.stage == edits.c.stage)
        & entries.c.reason.contains(func.substr(edits.c.digest, 1, DIGEST_DIGITS))
    )
    for verdict, words, states in (
        ("proposed", "đề nghị", ("proposed", "approved", "refused", "superseded")),
        ("edited", "duyệt", ("approved",)),
    ):
        said = entries.c.verdict == verdict
        unsaid = select(edits.c.number).where(
            edits.c.state.in_(states), ~select(entries.c.turn).where(own, said).exists()
        )
        for number in connection.scalars(unsaid):
            yield f"bản sửa số {number}: sổ không ghi lần {words}"
        kept = select(edits.c.number).where(own, edits.c.state.in_(states)).exists()
        for event_id in connection.scalars(select(entries.c.event_id).where(said, ~kept)):
            yield f"sự kiện {event_id}: sổ ghi lần {words} một bản sửa nay không còn đúng như vậy"
