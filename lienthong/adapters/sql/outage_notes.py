"""The port `OutageNotes` in SQL."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Engine, delete, insert, select

from lienthong.adapters.sql.announcement_tables import subscription_notices
from lienthong.adapters.sql.database import open_reader
from lienthong.adapters.sql.moments import moment_text
from lienthong.envelope import parse_utc
from lienthong.ports import Transaction
from lienthong.subscriptions.outages import Informed, Kind, Outage

_N = subscription_notices.c


class SqlOutageNotes:
    """See `OutageNotes`."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def list(self) -> Sequence[Informed]:
        with open_reader(self._database) as connection:
            rows = connection.execute(select(subscription_notices).order_by(_N.at, _N.subscription)).all()
        return [
            Informed(Outage(row.subscription, cast(Kind, row.kind), parse_utc(row.since)), parse_utc(row.at), row.why)
            for row in rows
        ]

    def note(self, informed: Informed, transaction: Transaction) -> None:
        outage = informed.outage
        key = {"subscription": outage.subscription, "kind": outage.kind, "since": moment_text(outage.since)}
        same = (_N.subscription == key["subscription"], _N.kind == key["kind"], _N.since == key["since"])
        transaction.connection.execute(delete(subscription_notices).where(*same))
        row = {**key, "at": moment_text(informed.at), "why": informed.why}
        transaction.connection.execute(insert(subscription_notices).values(row))
