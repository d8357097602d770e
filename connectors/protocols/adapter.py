"""The adapter of the national public service portal (`mapi`): a session, and one endpoint for all services.

The body of a call names the service and the session. The reply's `error_code` is a number in some replies and text in
others. No code for an expired session is published.
"""

import threading
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from lienthong import Clock, Transient
from lienthong.connectors.protocols.http import Http, Refused
from lienthong.connectors.protocols.lists import list_of

NAME = "Cổng Dịch vụ công quốc gia"
_SESSION_LIFE = timedelta(minutes=5)
"""Half of the ten minutes for which another client of the portal reuses a session."""
_OK = 0
_SUCCESS = ("thành công", "thanh cong")
"""The words by which clients of the portal know that it took what was sent: the code alone does not tell it."""


class ServiceRefused(Transient):
    """The portal answers, but not with what was asked for. `is_known`: it has already what was sent to it."""

    def __init__(self, why: str, *, is_known: bool = False) -> None:
        super().__init__(why)
        self.is_known = is_known


class Adapter:
    """Calls services of the portal in the name of one agency (madonvi). It logs in when it must.

    Threads may share it.
    """

    def __init__(
        self, http: Http, clock: Clock, *, url: str, account: Mapping[str, str], dstcode: str, agency: str
    ) -> None:
        self._clock = clock
        self._http = http
        self._url = url.rstrip("/")
        self._account = account
        self._headers = {"Charset": "utf-8", "dstcode": dstcode}
        self._agency = agency
        self._session: str | None = None
        self._session_ends: datetime | None = None
        self._login = threading.Lock()

    def call(self, service: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """The reply of a service. Logs in again, once, when the session seems to have expired.

        Raises `ServiceRefused` when the portal answers with an error, `Transient` when it does not answer.
        """
        session = self._open_session()
        try:
            reply = self._post("g", self._request(session, service, parameters))
        except Refused as refused:
            if refused.status not in (401, 403):
                raise
            reply = None
        if reply is None or (_code(reply) != _OK and _mentions_session(reply)):
            session = self._open_session(expired=session)
            reply = self._post("g", self._request(session, service, parameters))
        if (code := _code(reply)) != _OK:
            # The message is never shown: it may name a person.
            why = f"hệ thống {NAME} báo lỗi {code} khi gọi {service}"
            raise Transient(why) if _mentions_session(reply) else ServiceRefused(why, is_known=_is_known(reply))
        return reply

    def push(self, service: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Tell the portal `rows` in one call. A single row that it has already counts as sent.

        Of several rows the reply does not tell which of them it has, and whether it took the others: that is refused.
        Raises as `call` does, and `ServiceRefused` where the code tells a success and the words do not.
        """
        try:
            reply = self.call(service, {"data": rows})
        except ServiceRefused as refused:
            if refused.is_known and len(rows) == 1:
                return
            raise
        is_known = _is_known(reply) and len(rows) == 1
        if reply.get("message") and not is_known and not any(words in _text(reply) for words in _SUCCESS):
            raise ServiceRefused(f"hệ thống {NAME} không xác nhận thành công khi gọi {service}")

    def _request(self, session: str, service: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        return {"session": session, "madonvi": self._agency, "service": service, **parameters}

    def _open_session(self, *, expired: str | None = None) -> str:
        """The session; logs in when there is none, when it is old, or when it is the one that has `expired`."""
        with self._login:
            now = self._clock.now()
            is_valid = self._session_ends is not None and now < self._session_ends
            if self._session is None or not is_valid or self._session == expired:
                reply = self._post("login", self._account)
                session = reply.get("session")
                if _code(reply) != _OK or not isinstance(session, str) or not session:
                    raise Transient(f"hệ thống {NAME} không cho đăng nhập: kiểm tra tài khoản kết nối")
                self._session, self._session_ends = session, now + _SESSION_LIFE
            return self._session

    def _post(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        reply = self._http.call("POST", f"{self._url}/mapi/{path}", json=body, headers=self._headers)
        if not isinstance(reply, dict):
            raise Transient(f"hệ thống {NAME} trả lời không đúng dạng")
        return reply


def rows_of(reply: Mapping[str, Any], fields: frozenset[str], what: str = "hồ sơ") -> list[Any]:
    """The rows of a reply: in `data`, or in `result` as another service of the adapter has them.

    `fields` are names by which an object in place of the list is known as a list of one; `what` names the rows.
    Raises `ServiceRefused` when neither is a list, or both are and differ.
    """
    given = [value for name in ("data", "result") if (value := reply.get(name)) is not None]
    if not given and ("data" in reply or "result" in reply):
        return []
    lists = [rows for value in given if (rows := list_of(value, fields)) is not None]
    found = [rows for rows in lists if rows] or lists
    if not found:
        raise ServiceRefused(f"hệ thống {NAME} trả lời không có danh sách {what}")
    if any(rows != found[0] for rows in found):
        raise ServiceRefused(f"hệ thống {NAME} trả lời hai danh sách {what} khác nhau, ở data và ở result")
    return found[0]


def _code(reply: Mapping[str, Any]) -> int:
    """`error_code`, which is a number or text. Raises `Transient` when it is neither."""
    try:
        return int(str(reply.get("error_code")))
    except ValueError:
        raise Transient(f"hệ thống {NAME} trả lời thiếu error_code") from None


def _mentions_session(reply: Mapping[str, Any]) -> bool:
    return any(word in _text(reply) for word in ("session", "phiên", "phien"))


def _is_known(reply: Mapping[str, Any]) -> bool:
    """Whether the portal refuses what it has already: codes 1, 3 and -3, or only the words."""
    return any(words in _text(reply) for words in ("đã tồn tại", "da ton tai"))


def _text(reply: Mapping[str, Any]) -> str:
    return unicodedata.normalize("NFC", f"{reply.get('message')} {reply.get('result')}").casefold()
