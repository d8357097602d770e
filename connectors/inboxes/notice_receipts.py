"""Receipts of the gateways of notices: whether a notice arrived. One address for all; their shapes differ.

    Zalo   POST JSON {event_name "user_received_message", app_id, timestamp, message {msg_id, tracking_id,
           delivery_time}}; header X-ZEvent-Signature "mac=" + SHA-256(app_id + body + timestamp + the OA's secret)
    eSMS   GET, or POST of a form: SMSID, RequestId, SendStatus, SendSuccess, SendFailed, TotalPrice …, and `token`,
           which stands in the CallbackUrl that we give it
    VNPT   POST JSON {"RQST": {name "delivery_report", REQID, STATUS "0" arrived, TOKEN}}

eSMS's shape is published. ASSUMED (recalled): Zalo's signature and its event; that an event `user_failed_message` tells
of a failure; everything of VNPT's. Viettel has no receipts that name a notice.

Of a receipt only the answer about the notice is kept: no telephone number.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from connectors.notices.esms import NAME as ESMS
from connectors.notices.esms import status_answer
from connectors.notices.gateway import Answer, Verdict
from connectors.notices.replies import code_of, text_of
from connectors.notices.vnpt import NAME as VNPT
from connectors.notices.zalo_tokens import NAME as ZALO
from lienthong import Receipt, Record, Rejected, Reply, Site, Unauthenticated
from lienthong.connectors.protocols.json_text import read_json

ANSWERED = "notice.answered.v1"
"""The event type of what is known of a notice."""

_FORM_FIELDS = 100
_OK = Reply(200, b"OK", "text/plain; charset=utf-8")
_ZALO_VERDICTS = {"user_received_message": Verdict.DELIVERED, "user_failed_message": Verdict.DEAD}
_SIGNATURE = "x-zevent-signature"


class NoticeReceipts:
    """Takes receipts whose signature or token fits; forged ones are not recorded, and the operators get a notice.

    - `zalo_secret`: the Official Account's secret for webhooks; `token`: the one in eSMS's CallbackUrl, and VNPT's.
      `previous_token` is accepted while it is replaced. Without a secret no receipt of that gateway is accepted.
    - A receipt that comes again is the same event. One of a notice that is not known changes nothing (sink `notices`).
    - Events of Zalo that are no receipts (a citizen writes to the account) are answered and not recorded.
    """

    takes_query = True
    """eSMS sends a GET: its query is the body of the push."""

    def __init__(self, site: Site, *, zalo_secret: str, token: str, previous_token: str = "") -> None:
        self._notices = site.notices
        self._zalo_secret = zalo_secret
        self._tokens = [one for one in (token, previous_token) if one]

    def receive(self, body: bytes, headers: Mapping[str, str]) -> Receipt:
        """The answer about one notice. Raises `Rejected` and `Unauthenticated`; see `lienthong.Inbox`."""
        if body.lstrip()[:1] == b"{":
            try:
                found = read_json(body)
            except ValueError:
                found = None
            if not isinstance(found, dict):
                raise Rejected("biên nhận không phải JSON đọc được")
            inner = found.get("RQST")
            record = self._vnpt(inner) if isinstance(inner, dict) else self._zalo(found, body, headers)
        else:
            record = self._esms(body)
        return Receipt([record] if record else [], _OK, unique=True)

    def _zalo(self, event: Mapping[str, Any], body: bytes, headers: Mapping[str, str]) -> Record | None:
        app, timestamp = text_of(event.get("app_id")) or "", text_of(event.get("timestamp")) or ""
        signed = app.encode("utf-8", "replace") + body + timestamp.encode("utf-8", "replace")
        mac = hashlib.sha256(signed + self._zalo_secret.encode()).hexdigest()
        given = headers.get(_SIGNATURE, "").strip().removeprefix("mac=").strip().lower()
        if not self._zalo_secret or not hmac.compare_digest(given.encode(), mac.encode()):
            raise self._forged(ZALO, f"chữ ký ({_SIGNATURE}) không đúng")
        verdict = _ZALO_VERDICTS.get(str(event.get("event_name")))
        message = event.get("message")
        if verdict is None or not isinstance(message, dict):
            return None
        why = f"{ZALO} báo đã tới người nhận" if verdict is Verdict.DELIVERED else f"{ZALO} báo không tới người nhận"
        answer = Answer(verdict, why, str(event["event_name"]), text_of(message.get("msg_id")))
        moment = _moment(message.get("delivery_time")) or _moment(timestamp)
        return _record("zalo", text_of(message.get("tracking_id")), answer, at=moment)

    def _esms(self, body: bytes) -> Record | None:
        try:
            fields = dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_FORM_FIELDS))
        except ValueError:
            fields = {}
        if "SMSID" not in fields and "RequestId" not in fields:
            raise Rejected("không phải biên nhận của cổng thông báo nào")
        self._check_token(ESMS, fields.get("token"))
        answer = status_answer(fields, fields.get("SMSID") or None)
        return _record("sms", fields.get("RequestId") or None, answer) if answer else None

    def _vnpt(self, report: Mapping[str, Any]) -> Record | None:
        self._check_token(VNPT, report.get("TOKEN"))
        notice, status = text_of(report.get("REQID")), code_of(report, "STATUS")
        if not notice or status is None:
            raise Rejected("biên nhận của VNPT thiếu REQID hoặc STATUS", field="RQST.STATUS")
        arrived = status == "0"
        why = f"{VNPT} báo đã tới máy người nhận" if arrived else f"{VNPT} báo không tới máy người nhận"
        return _record("sms", notice, Answer(Verdict.DELIVERED if arrived else Verdict.DEAD, why, status))

    def _check_token(self, gateway: str, given: object) -> None:
        text = given.encode("utf-8", "replace") if isinstance(given, str) else b""
        fits = [hmac.compare_digest(text, one.encode()) for one in self._tokens]
        if not any(fits):
            raise self._forged(gateway, "mã bí mật (token) không đúng")

    def _forged(self, gateway: str, what: str) -> Unauthenticated:
        self._notices.add(f"Có biên nhận mang danh {gateway} mà {what} nên không được ghi nhận")
        return Unauthenticated(what)


def _record(channel: str, notice: str | None, answer: Answer, *, at: datetime | None = None) -> Record | None:
    """The event of an answer; None when it names no notice at all."""
    if not notice and not answer.gateway_id:
        return None
    body = {
        "notice": notice,
        "channel": channel,
        "verdict": str(answer.verdict),
        "code": answer.code,
        "why": answer.why,
        "gateway_id": answer.gateway_id,
        "cost": answer.cost,
        "parts": answer.parts,
        "at": at.isoformat() if at else None,
    }
    key = f"receipt/{channel}/{notice or answer.gateway_id}"
    return Record(ANSWERED, key, {name: value for name, value in body.items() if value is not None})


def _moment(milliseconds: object) -> datetime | None:
    """A moment of Zalo's, which are milliseconds since 1970, as text or number."""
    text = text_of(milliseconds) or ""
    if not (text.isascii() and text.isdigit() and len(text) == 13):
        return None
    return datetime.fromtimestamp(int(text) / 1000, UTC)
