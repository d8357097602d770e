"""The port `Edits` in SQL, and the envelopes that approved edits lead to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from lienthong.adapters.sql import rows
from lienthong.adapters.sql.database import open_reader
from lienthong.adapters.sql.letter_tables import edits
from lienthong.adapters.sql.schema import dead_letters
from lienthong.dead_letters.model import Edit, EditState
from lienthong.envelope import Envelope, canonical_json, parse_utc
from lienthong.ports import Transaction


class SqlEdits:
    """See `Edits`."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def history(self, letter: int) -> Sequence[Edit]:
        with open_reader(self._database) as connection:
            query = select(edits).where(edits.c.letter == letter).order_by(edits.c.number)
            return [
                Edit(
                    number=row.number,
                    letter=row.letter,
                    data=rows.unpack(row.data),
                    digest=row.digest,
                    reason=row.reason,
                    proposed_by=row.proposed_by,
                    proposed_at=parse_utc(row.proposed_at),
                    state=row.state,
                    decided_by=row.decided_by,
                    decided_at=parse_utc(row.decided_at) if row.decided_at else None,
                )
                for row in connection.execute(query)
            ]

    def propose(self, edit: Edit, transaction: Transaction) -> None:
        connection = transaction.connection
        pending = (edits.c.letter == edit.letter) & (edits.c.state == "proposed")
        connection.execute(update(edits).where(pending).values(state="superseded"))
        letter = select(dead_letters.c.event_id, dead_letters.c.stage).where(dead_letters.c.number == edit.letter)
        event_id, stage = connection.execute(letter).one()
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

    def decide(self, edit: int, transaction: Transaction, *, state: EditState, who: str, at: datetime) -> bool:
        pending = (edits.c.number == edit) & (edits.c.state == "proposed")
        decision = update(edits).where(pending).values(state=state, decided_by=who, decided_at=at.isoformat())
        return transaction.connection.execute(decision).rowcount == 1


def approved_data(connection: Connection, numbers: Sequence[int]) -> Mapping[int, Any]:
    """By number of the letter, the data of its newest approved edit."""
    query = (
        select(edits.c.letter, edits.c.data)
        .where(edits.c.letter.in_(numbers), edits.c.state == "approved")
        .order_by(edits.c.number)
    )
    return {letter: rows.unpack(data) for letter, data in connection.execute(query)}


def edited_envelopes(connection: Connection, event_ids: Sequence[str]) -> Mapping[tuple[str, str], Envelope]:
    """By event id and stage, the event with the data of its newest approved edit for that stage."""
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
