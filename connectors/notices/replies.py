"""What the replies of gateways over HTTP have in common: statuses, JSON, and the doubt after a request has left."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from connectors.notices.errors import TRIES_OF_UNKNOWN
from connectors.notices.gateway import Answer, Message, Verdict
from lienthong import Transient
from lienthong.connectors.protocols.http_once import Exchange, Unsure
from lienthong.connectors.protocols.http_replies import retry_after
from lienthong.connectors.protocols.json_text import read_json

_BUSY = (429, 503)
_DENIED = (401, 403)
_SERVER = 500
_CODE = re.compile(r"-?[0-9]{1,9}")
_BUSY_WAIT = timedelta(seconds=30)


def in_doubt(system: str, what: str = "không trả lời sau khi đã nhận yêu cầu") -> Answer:
    """It may have been sent."""
    return Answer(Verdict.IN_DOUBT, f"{system} {what}: không rõ thông báo đã gửi hay chưa")


def send_once(system: str, post: Callable[[], Exchange]) -> Exchange | Answer:
    """What `post` brings, or the doubt. Raises `Transient` when surely nothing was sent."""
    try:
        return post()
    except Unsure:
        return in_doubt(system)


def judge_status(system: str, exchange: Exchange, message: Message) -> Answer | None:
    """What a status that is no success means; None for a success. Raises `Transient` for 429 and 503.

    - 429 and 503 say that nothing was done. 500, 502 and 504 do not: a server behind may have sent.
    - 401, 403, a redirect, 404 and 405 are the configuration's.
    """
    status = exchange.status
    if 200 <= status < 300:
        return None
    code = f"HTTP {status}"
    if status in _BUSY:
        after = retry_after(exchange.headers) or _BUSY_WAIT
        raise Transient(f"{system} đang bận hoặc tạm dừng ({code})", after=after)
    if status >= _SERVER:
        return in_doubt(system, f"báo lỗi {code}")
    if status in _DENIED:
        return Answer(Verdict.CONFIGURATION, f"{system} từ chối tài khoản kết nối ({code})", code)
    if status in (404, 405) or status < 400:
        return Answer(Verdict.CONFIGURATION, f"địa chỉ của {system} không đúng ({code})", code)
    verdict = Verdict.DEAD if message.attempt >= TRIES_OF_UNKNOWN else Verdict.RETRY
    return Answer(verdict, f"{system} không nhận yêu cầu ({code})", code)


def json_object(exchange: Exchange) -> Mapping[str, Any] | None:
    """The JSON object of a reply; None for anything else, and for 429 and 5xx, whose status counts."""
    if exchange.status in _BUSY or exchange.status >= _SERVER:
        return None
    try:
        found = read_json(exchange.body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def code_of(reply: Mapping[str, Any], name: str) -> str | None:
    """A code as text, whether it is written as a number or as text; None for anything that is no whole number."""
    value = reply.get(name)
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value).strip()
    return text if _CODE.fullmatch(text) else None


def text_of(value: object) -> str | None:
    """An identifier of a reply as text; None for none."""
    return str(value).strip() or None if isinstance(value, str | int) and not isinstance(value, bool) else None
