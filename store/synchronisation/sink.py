"""The sink of synchronisation: each look announces what is missing between two systems, and what is not any more."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from lienthong import Calendars, Dead, Done, Envelope, OpenAlarms, Outcome, Site, Transaction
from lienthong.adapters.sql import open_reader, translate_errors
from store.instants import parse_instant
from store.synchronisation.looking import look
from store.synchronisation.tables import alarms
from transforms.synchronisation import Synchronisation as Rules

LOOK = "synchronisation.look.v1"
"""The type of the moments of `config/schedules/synchronisation-look.yaml`."""

_UNAVAILABLE = "cơ sở dữ liệu đồng bộ không trả lời"
_TEXTS = {
    "arrived": "hồ sơ nộp trên Cổng chưa thấy ở {source}",
    "submitted": "hồ sơ của một cửa ghi mã mà {source} chưa từng hiện",
    "accepted": "hồ sơ Cổng hiện đã tiếp nhận, {source} chưa hiện đã tiếp nhận",
    "shown": "hồ sơ đã tiếp nhận, {source} chưa hiện đã tiếp nhận",
}
_ADVICE = "xem `lienthong lateness --missing`, rồi kiểm tra việc đồng bộ với hệ thống ấy"


class Synchronisation:
    """Announces what is missing by the rules of config/synchronisation.yaml; the data store notes what to look at.

    Each is announced once, and corrected once when it is there, in whatever order the versions come.
    """

    def __init__(self, site: Site, *, rules: Rules, calendars: Calendars) -> None:
        self._database = site.database
        self._clock = site.clock
        self._thorough = site.thorough
        self._rules = rules
        self._calendars = calendars

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        """Look through `transaction.connection`. Raises `Transient` when the database does not answer."""
        outcomes: list[Outcome] = []
        with translate_errors(_UNAVAILABLE):
            for envelope in envelopes:
                if envelope.type != LOOK:
                    outcomes.append(Dead("việc xem đồng bộ không nhận loại sự kiện này", field="type"))
                    continue
                now, connection = self._clock.now(), transaction.connection
                found = look(connection, self._rules, self._calendars, now, thorough=self._thorough)
                outcomes.append(Done(envelope, follow_ups=found))
        return outcomes

    def open_alarms(self) -> Iterable[OpenAlarms]:
        """See `RaisesAlarms` of the engine: `lienthong doctor` and `/metrics` show them."""
        columns = (alarms.c.milestone, alarms.c.missing_in)
        counted = select(*columns, func.count().label("number"), func.min(alarms.c.due_at).label("oldest"))
        query = counted.where(alarms.c.corrected_at.is_(None)).group_by(*columns).order_by(*columns)
        with open_reader(self._database, _UNAVAILABLE) as connection:
            rows = connection.execute(query).all()
        for row in rows:
            text = _TEXTS[row.milestone].format(source=row.missing_in)
            yield OpenAlarms(
                name=f"{row.milestone}-missing-in-{row.missing_in}",
                count=row.number,
                oldest=parse_instant(row.oldest),
                text=f"{text}; {_ADVICE}",
            )
