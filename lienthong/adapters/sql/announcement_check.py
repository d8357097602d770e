"""Verification of announcements: each is as it was written."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, select

from lienthong.adapters.sql.announcement_tables import announcements
from lienthong.adapters.sql.announcing import digest_of
from lienthong.adapters.sql.moments import moment_text
from lienthong.messages import message

_A = announcements.c


def verify(connection: Connection, since: datetime | None = None) -> Iterator[str]:
    """Every announcement whose content differs from its digest; of those since a moment, if one is given."""
    query = select(_A.number, _A.stage, _A.type, _A.events, _A.body, _A.digest).order_by(_A.number)
    query = query.execution_options(yield_per=10)  # a row has up to some hundred kilobytes
    if since is not None:
        query = query.where(_A.at >= moment_text(since))
    for row in connection.execute(query):
        if digest_of(row.stage, row.type, row.events, row.body) != row.digest:
            yield message("announcement {number}: its content is not what was announced", number=row.number)
