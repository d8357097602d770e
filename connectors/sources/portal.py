"""The national public service portal (Cổng Dịch vụ công quốc gia), through its adapter: dossiers day by day.

The adapter's `mapi` family has one endpoint for all services: the body names the service and the session. The reply's
`error_code` is a number in some replies and text in others. No code for an expired session is published.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from connectors.protocols.windows import advance, cursor_at_end, poll_start
from lienthong import LOCAL_ZONE, Cursor, Page, Record, Site, Transient
from lienthong.connectors.protocols.http import REPLY_LIMIT, TIMEOUT, Http, Refused
from lienthong.connectors.protocols.records import body_of, text_of

_NAME = "Cổng Dịch vụ công quốc gia"
_SESSION_LIFE = timedelta(minutes=5)
"""Half of the ten minutes for which another client of the portal reuses a session."""
_OK = 0
_DAY = timedelta(days=1)


class Portal:
    """Polls the dossiers of one agency, by the local day on which they were received.

    - `overlap`: how far back each poll reads again, because a dossier changes after it was received.
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
        self._overlap = overlap
        self._since = since
        self._session: str | None = None
        self._session_ends: datetime | None = None

    def poll(self, cursor: Cursor) -> Iterator[Page]:
        """One page for each day, oldest first. The cursor moves after each day, and at the end it is now."""
        now = self._clock.now()
        today = now.astimezone(LOCAL_ZONE).date()
        day = poll_start(cursor, now, self._overlap, self._since).astimezone(LOCAL_ZONE).date()
        while day <= today:
            records = [_record(row) for row in self._dossiers_received_on(day)]
            cursor = cursor_at_end(now) if day == today else advance(cursor, _midnight_after(day), now)
            yield Page(records, cursor)
            day += _DAY

    def _dossiers_received_on(self, day: date) -> list[Any]:
        reply = self._call_service(
            "DanhSachHoSo", {"donViXuLy": self._agency, "ngayNhan1": day.isoformat(), "ngayNhan2": day.isoformat()}
        )
        rows = reply.get("data", reply.get("result", ...))
        if rows is None:
            return []
        if not isinstance(rows, list):
            raise Transient(f"hệ thống {_NAME} trả lời không có danh sách hồ sơ")
        return rows

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
            raise Transient(f"hệ thống {_NAME} báo lỗi {code} khi gọi {service}")
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
    body = body_of(row)
    return Record("portal.dossier", text_of(body, "MaHoSo"), body)
