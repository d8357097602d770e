"""The national public service portal (Cổng Dịch vụ công quốc gia), through its adapter: dossiers day by day."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from connectors.protocols.adapter import NAME, Adapter, ServiceRefused, rows_of
from connectors.protocols.cursors import describe_windows
from connectors.protocols.look_back import LookBack, Plan, Tier
from connectors.protocols.windows import Window, advance
from lienthong import LOCAL_ZONE, Cursor, Page, Record, Site, Transient
from lienthong.connectors.protocols.http import REPLY_LIMIT, TIMEOUT, Http
from lienthong.connectors.protocols.http_errors import REFUSED_PAGE
from lienthong.connectors.protocols.records import plain_record, text_of
from schemas.wire.portal import PortalDossier

_DAY = timedelta(days=1)
_REFUSED_IN_A_ROW = 3
_FIELDS = frozenset(PortalDossier.model_fields)


class Portal:
    """Polls the dossiers of one agency, by the local day on which they were received.

    - `overlap`: a change of a dossier is found up to this long after the day it was received.
    - `look_back`: the ages at which a day is read again within `overlap`, and the rhythm of each; see `Tier`. Then each
      poll reads today and the days since the poll before. Without it, each poll reads the whole overlap.
    - `agency` is our code on the portal (madonvi); `dstcode` is the portal's routing code on the adapter.
    - `since`: where the first poll begins (default: `overlap` ago).
    """

    def __init__(
        self,
        site: Site,
        http: Http | None = None,
        *,
        url: str,
        username: str,
        password: str,
        dstcode: str,
        agency: str,
        overlap: timedelta = timedelta(days=12),
        look_back: Sequence[Tier] = (),
        since: datetime | None = None,
        timeout: timedelta = TIMEOUT,
        reply_limit: int = REPLY_LIMIT,
    ) -> None:
        self._clock = site.clock
        self._adapter = Adapter(
            http or Http(NAME, timeout=timeout, reply_limit=reply_limit),
            site.clock,
            url=url,
            account={"username": username, "password": password},
            dstcode=dstcode,
            agency=agency,
        )
        self._agency = agency
        self._look_back = LookBack(look_back, overlap=overlap, since=since, thorough=site.thorough)

    @staticmethod
    def describe_cursor(cursor: Cursor) -> str:
        """How far it was read, for `lienthong sources`."""
        return describe_windows(cursor)

    def poll(self, cursor: Cursor) -> Iterator[Page]:
        """One page for each day, oldest first; the cursor at the end is now.

        Where the whole overlap is read, the cursor moves after each day. It stays before a day that the portal refuses;
        the other days are read all the same, then `Transient` is raised, which names the refused ones.
        """
        now = self._clock.now()
        plan = self._look_back.plan(cursor, now)
        refused = _RefusedDays()
        days = sorted(set(self._days(plan, now)))
        for day in days:
            records: list[Record] = []
            try:
                records = [_record(row) for row in self._dossiers_received_on(day)]
            except ServiceRefused as failure:
                refused.add(day, failure)
            else:
                refused.found()
            if not refused.days:
                cursor = self._cursor(cursor, plan, day, now)
            yield Page(records, cursor)
        refused.check()

    def _cursor(self, cursor: Cursor, plan: Plan, day: date, now: datetime) -> Cursor:
        """The cursor once all days up to `day` were read."""
        if day == now.astimezone(LOCAL_ZONE).date():
            return self._look_back.end(cursor, plan, now)
        return cursor if plan.tiers is not None else advance(cursor, _midnight_after(day), now)

    def _days(self, plan: Plan, now: datetime) -> Iterator[date]:
        """The local days that a poll reads."""
        windows = [tier.window(read, now) for tier, read in plan.tiers or ()]
        for window in [*windows, Window(plan.start, now)]:
            day, last = (moment.astimezone(LOCAL_ZONE).date() for moment in (window.start, window.end))
            while day <= last:
                yield day
                day += _DAY

    def _dossiers_received_on(self, day: date) -> list[Any]:
        """Raises `ServiceRefused` when the portal answers, but not with this day's dossiers."""
        given = {"donViXuLy": self._agency, "ngayNhan1": day.isoformat(), "ngayNhan2": day.isoformat()}
        try:
            return rows_of(self._adapter.call("DanhSachHoSo", given), _FIELDS)
        except ServiceRefused:
            raise
        except Transient as failure:
            if failure.status not in REFUSED_PAGE:
                raise
            raise ServiceRefused(failure.why) from None


class _RefusedDays:
    """The days of one poll that the portal refused. After some in a row, it is taken for away: `add` raises."""

    def __init__(self) -> None:
        self.days: list[date] = []
        self._in_a_row = 0
        self._why = ""

    def add(self, day: date, failure: ServiceRefused) -> None:
        self.days.append(day)
        self._why = self._why or failure.why
        self._in_a_row += 1
        if self._in_a_row >= _REFUSED_IN_A_ROW:
            raise Transient(failure.why)

    def found(self) -> None:
        self._in_a_row = 0

    def check(self) -> None:
        """Raises `Transient` when a day was refused."""
        if self.days:
            days = ", ".join(f"{day:%d/%m/%Y}" for day in self.days)
            raise Transient(f"{self._why}; chưa đọc được hồ sơ của ngày: {days}; các ngày khác đã đọc")


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day + _DAY, time(), LOCAL_ZONE)


def _record(row: object) -> Record:
    return plain_record("portal.dossier", row, lambda body: text_of(body, "MaHoSo"))
