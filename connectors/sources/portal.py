"""The national public service portal (Cổng Dịch vụ công quốc gia), through its adapter: dossiers day by day.

The adapter's `mapi` family has one endpoint for all services: the body names the service and the session. The reply's
`error_code` is a number in some replies and text in others. No code for an expired session is published.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from connectors.protocols.cursors import describe_windows
from connectors.protocols.look_back import LookBack, Plan, Tier
from connectors.protocols.windows import Window, advance
from lienthong import LOCAL_ZONE, Cursor, Page, Record, Site, Transient
from lienthong.connectors.protocols.http import REPLY_LIMIT, TIMEOUT, Http, Refused
from lienthong.connectors.protocols.http_errors import REFUSED_PAGE
from lienthong.connectors.protocols.lists import list_of
from lienthong.connectors.protocols.records import plain_record, text_of
from schemas.wire.portal import PortalDossier

_NAME = "Cổng Dịch vụ công quốc gia"
_SESSION_LIFE = timedelta(minutes=5)
"""Half of the ten minutes for which another client of the portal reuses a session."""
_OK = 0
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
        self._http = http or Http(_NAME, timeout=timeout, reply_limit=reply_limit)
        self._url = url.rstrip("/")
        self._account = {"username": username, "password": password}
        self._headers = {"Charset": "utf-8", "dstcode": dstcode}
        self._agency = agency
        self._look_back = LookBack(look_back, overlap=overlap, since=since, thorough=site.thorough)
        self._session: str | None = None
        self._session_ends: datetime | None = None

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
            except _DayRefused as failure:
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
        """Raises `_DayRefused` when the portal answers, but not with this day's dossiers."""
        given = {"donViXuLy": self._agency, "ngayNhan1": day.isoformat(), "ngayNhan2": day.isoformat()}
        try:
            return _rows(self._call_service("DanhSachHoSo", given))
        except _DayRefused:
            raise
        except Transient as failure:
            if failure.status not in REFUSED_PAGE:
                raise
            raise _DayRefused(failure.why) from None

    def _call_service(self, service: str, parameters: Mapping[str, str]) -> Mapping[str, Any]:
        """The reply of a service. Logs in again, once, when the session seems to have expired."""
        try:
            reply = self._call("g", self._request(service, parameters))
        except Refused as refused:
            if refused.status not in (401, 403):
                raise
            reply = None
        if reply is None or (_code(reply) != _OK and _mentions_session(reply)):
            self._session = None
            reply = self._call("g", self._request(service, parameters))
        if (code := _code(reply)) != _OK:
            # The message is never shown: it may name a person.
            kind = Transient if _mentions_session(reply) else _DayRefused
            raise kind(f"hệ thống {_NAME} báo lỗi {code} khi gọi {service}")
        return reply

    def _request(self, service: str, parameters: Mapping[str, str]) -> dict[str, str]:
        return {"session": self._open_session(), "madonvi": self._agency, "service": service, **parameters}

    def _open_session(self) -> str:
        """The session; logs in when there is none or it is old."""
        now = self._clock.now()
        if self._session is None or self._session_ends is None or now >= self._session_ends:
            reply = self._call("login", self._account)
            session = reply.get("session")
            if _code(reply) != _OK or not isinstance(session, str) or not session:
                raise Transient(f"hệ thống {_NAME} không cho đăng nhập: kiểm tra tài khoản kết nối")
            self._session, self._session_ends = session, now + _SESSION_LIFE
        return self._session

    def _call(self, path: str, body: Mapping[str, str]) -> Mapping[str, Any]:
        reply = self._http.call("POST", f"{self._url}/mapi/{path}", json=body, headers=self._headers)
        if not isinstance(reply, dict):
            raise Transient(f"hệ thống {_NAME} trả lời không đúng dạng")
        return reply


class _DayRefused(Transient):
    """The portal answers, but not with the dossiers that were asked for."""


class _RefusedDays:
    """The days of one poll that the portal refused. After some in a row, it is taken for away: `add` raises."""

    def __init__(self) -> None:
        self.days: list[date] = []
        self._in_a_row = 0
        self._why = ""

    def add(self, day: date, failure: _DayRefused) -> None:
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


def _rows(reply: Mapping[str, Any]) -> list[Any]:
    """The dossiers of a reply: in `data`, or in `result` as another service of the adapter has them.

    Raises `_DayRefused` when neither is a list, or both are and differ.
    """
    given = [value for name in ("data", "result") if (value := reply.get(name)) is not None]
    if not given and ("data" in reply or "result" in reply):
        return []
    lists = [rows for value in given if (rows := list_of(value, _FIELDS)) is not None]
    found = [rows for rows in lists if rows] or lists
    if not found:
        raise _DayRefused(f"hệ thống {_NAME} trả lời không có danh sách hồ sơ")
    if any(rows != found[0] for rows in found):
        raise _DayRefused(f"hệ thống {_NAME} trả lời hai danh sách hồ sơ khác nhau, ở data và ở result")
    return found[0]


def _code(reply: Mapping[str, Any]) -> int:
    """`error_code`, which is a number or text. Raises `Transient` when it is neither."""
    try:
        return int(str(reply.get("error_code")))
    except ValueError:
        raise Transient(f"hệ thống {_NAME} trả lời thiếu error_code") from None


def _mentions_session(reply: Mapping[str, Any]) -> bool:
    text = unicodedata.normalize("NFC", f"{reply.get('message')} {reply.get('result')}").casefold()
    return any(word in text for word in ("session", "phiên", "phien"))


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day + _DAY, time(), LOCAL_ZONE)


def _record(row: object) -> Record:
    return plain_record("portal.dossier", row, lambda body: text_of(body, "MaHoSo"))
