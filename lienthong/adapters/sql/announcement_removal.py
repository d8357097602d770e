"""Removing announcements by age: what a subscription waits for stays until its own limit, and is counted then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from lienthong.adapters.sql.announcement_tables import announcements, subscriptions
from lienthong.adapters.sql.moments import moment_text

PAGE = 500
"""Rows that one transaction removes."""

_A, _S = announcements.c, subscriptions.c


@dataclass(eq=False)
class _Holder:
    """A subscription while rows are looked at in the order of their numbers. It keeps all after the first it keeps."""

    row: Row[Any]
    keeps_since: str
    keeps: bool = False
    removed: int = 0
    dropped: int = 0
    place: tuple[int, int] = (0, 0)

    def awaits(self, one: Any) -> bool:
        """Whether it has not had the whole row."""
        return one.type in self.row.types.split("\n") and one.number >= self.place[0]

    def wants(self, one: Any) -> bool:
        """Whether it awaits the row, and that is not too old for it."""
        return self.awaits(one) and (self.keeps or (self.row.state != "ended" and one.at >= self.keeps_since))

    def lose(self, one: Any) -> None:
        """Count a row that is removed."""
        if one.type not in self.row.types.split("\n") or one.number < self.row.start_number:
            return
        self.removed += one.events
        if one.number >= self.place[0]:
            had = self.place[1] if one.number == self.place[0] else 0
            self.dropped += one.events - had
            self.place = (one.number + 1, 0)


def remove_page(connection: Connection, now: datetime, keep: timedelta) -> tuple[int, int]:
    """Remove the oldest rows beyond `keep` that no subscription waits for.

    Returns how many were removed, and how many events subscriptions have lost by it. Fewer than `PAGE`: it was all.
    """
    is_kept = _A.at >= moment_text(now - keep)
    first_kept = connection.scalar(select(func.min(_A.number)).where(is_kept))
    query = select(_A.number, _A.at, _A.type, _A.events).order_by(_A.number).limit(PAGE)
    rows = connection.execute(query if first_kept is None else query.where(_A.number < first_kept)).all()
    if not rows:
        return 0, 0
    holders = _holders(connection, now)
    gone = []
    for one in rows:
        if any(holder.wants(one) for holder in holders):
            for holder in holders:  # each keeps its order: nothing is dropped behind what stays
                holder.keeps = holder.keeps or holder.awaits(one)
        else:
            gone.append(one.number)
            for holder in holders:
                holder.lose(one)
    connection.execute(delete(announcements).where(_A.number.in_(gone)))
    for holder in holders:
        _write(connection, holder)
    return len(gone), sum(holder.dropped for holder in holders)


def _holders(connection: Connection, now: datetime) -> Sequence[_Holder]:
    """All subscriptions, locked: what is delivered meanwhile is recorded before, or after."""
    found = connection.execute(select(subscriptions).order_by(_S.name).with_for_update()).all()
    return [
        _Holder(
            row, moment_text(now - timedelta(seconds=row.keep_seconds)), place=(row.place_number, row.place_position)
        )
        for row in found
    ]


def _write(connection: Connection, holder: _Holder) -> None:
    if holder.removed:
        number, position = holder.place
        change = update(subscriptions).where(_S.name == holder.row.name)
        values = {"removed": _S.removed + holder.removed, "dropped": _S.dropped + holder.dropped}
        connection.execute(change.values(**values, place_number=number, place_position=position))
