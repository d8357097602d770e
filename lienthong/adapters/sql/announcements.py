"""The port `Announcements` in SQL."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, func, select

from lienthong.adapters.sql.announcement_fence import AnnouncementFence
from lienthong.adapters.sql.announcement_removal import remove_page
from lienthong.adapters.sql.announcement_tables import announcements
from lienthong.adapters.sql.database import open_reader
from lienthong.adapters.sql.moments import moment_text
from lienthong.envelope import parse_utc
from lienthong.ports import Transaction
from lienthong.subscriptions.model import Place
from lienthong.subscriptions.ports import Announcement, Backlog

PAGE = 4
"""Rows that are read together: each has up to some megabytes when it is inflated."""

FIRST_LOOK = timedelta(seconds=5)

_A = announcements.c


class SqlAnnouncements:
    """See `Announcements`. Keep one of them for a process: what it knows of settled numbers is in it."""

    def __init__(self, database: Engine) -> None:
        self._database = database
        self._fence = AnnouncementFence(database)

    def settled(self, within: timedelta = timedelta()) -> int:
        return self._fence.settled(within)

    def read(self, place: Place, types: Sequence[str], *, upto: int) -> Iterator[Announcement]:
        while page := self._page(place, types, upto):
            yield from (_announcement(row) for row in page)
            place = Place(page[-1].number + 1)

    def _page(self, place: Place, types: Sequence[str], upto: int) -> Sequence[Row[Any]]:
        query = select(announcements).where(*_among(place, types, upto)).order_by(_A.number).limit(PAGE)
        with open_reader(self._database) as connection:
            return connection.execute(query).all()

    def backlog(self, place: Place, types: Sequence[str], *, upto: int) -> Backlog:
        query = select(func.sum(_A.events), func.min(_A.at)).where(*_among(place, types, upto))
        begun = select(_A.number).where(_A.number == place.number, _A.type.in_(types))
        with open_reader(self._database) as connection:
            events, oldest = connection.execute(query).one()
            passed = place.position if place.position and connection.execute(begun).first() else 0
        return Backlog(int(events) - passed, parse_utc(oldest)) if events and events > passed else Backlog()

    def place_at(self, moment: datetime) -> Place:
        with open_reader(self._database) as connection:
            number = connection.scalar(select(func.min(_A.number)).where(_A.at >= moment_text(moment)))
        return self.end() if number is None else Place(number)

    def first(self) -> Place:
        with open_reader(self._database) as connection:
            number = connection.scalar(select(func.min(_A.number)))
        return self.end() if number is None else Place(number)

    def end(self) -> Place:
        return Place(self.settled(FIRST_LOOK) + 1)

    def remove(self, now: datetime, keep: timedelta, transaction: Transaction) -> tuple[int, int]:
        return remove_page(transaction.connection, now, keep)

    def types(self) -> Mapping[str, int]:
        query = select(_A.type, func.sum(_A.events)).group_by(_A.type).order_by(_A.type)
        with open_reader(self._database) as connection:
            return {event_type: int(events) for event_type, events in connection.execute(query)}


def _among(place: Place, types: Sequence[str], upto: int) -> Sequence[ColumnElement[bool]]:
    return (_A.number >= place.number, _A.number <= upto, _A.type.in_(types))


def _announcement(row: Row[Any]) -> Announcement:
    return Announcement(row.number, parse_utc(row.at), row.stage, row.type, row.events, zlib.decompress(row.body))
