"""eSMS (brand-name SMS): JSON, with an idempotency key.

    POST …/SendMultipleMessage_V4_post_json/  {ApiKey, SecretKey, Content, Phone, Brandname, SmsType "2", IsUnicode "0",
                                              Sandbox "0", RequestId, CallbackUrl}
                                              → {CodeResult, CountRegenerate, SMSID, ErrorMessage}
    GET  …/GetSendStatus?RefId&ApiKey&SecretKey → {CodeResponse, SMSID, SendStatus, SendSuccess, SendFailed, TotalPrice}

Code 100 tells that eSMS has it, not that it arrived; 124 that it has this RequestId already. SendStatus: 1 waits for
approval, 2 waits to be sent, 4 refused, 5 sent, 7 with the carrier.
"""

from datetime import timedelta

from connectors.notices.errors import ErrorTable
from connectors.notices.gateway import Answer, Message, Verdict
from connectors.notices.prices import Prices
from connectors.notices.replies import code_of, in_doubt, json_object, judge_status, send_once, text_of
from connectors.notices.sms import refuse, template_of, with_cost
from connectors.notices.templates import Templates
from lienthong import Clock, Table, Transient
from lienthong.connectors.protocols.http_once import Exchange, HttpOnce

NAME = "eSMS"
_OK, _KNOWN = "100", "124"
_CUSTOMER_CARE = "2"


class EsmsSms:
    """Sends with the notice's id as RequestId. `url` ends in `/MainService.svc/json`; `callback_url` gets receipts."""

    knows_repeats = True

    def __init__(
        self,
        clock: Clock,
        templates: Templates,
        *,
        url: str,
        api_key: str,
        secret_key: str,
        errors: Table,
        prices: Prices | None = None,
        callback_url: str = "",
        timeout: timedelta = timedelta(seconds=30),
        http: HttpOnce | None = None,
    ) -> None:
        self._clock = clock
        self._templates = templates
        self._url = url.rstrip("/")
        self._keys = {"ApiKey": api_key, "SecretKey": secret_key}
        self._errors = ErrorTable(NAME, errors)
        self._prices = prices
        self._callback = {"CallbackUrl": callback_url} if callback_url else {}
        self._http = http or HttpOnce(NAME, timeout=timeout)

    def send(self, message: Message) -> Answer:
        """Send once. See the port."""
        if (refused := refuse(message)) is not None:
            return refused
        template = template_of(self._templates, message)
        if isinstance(template, Answer):
            return template
        body = {
            **self._keys,
            "Content": message.text,
            "Phone": message.recipient,
            "Brandname": template.brandname,
            "SmsType": _CUSTOMER_CARE,
            "IsUnicode": "0",
            "Sandbox": "0",
            "RequestId": message.notice_id,
            **self._callback,
        }
        url = f"{self._url}/SendMultipleMessage_V4_post_json/"
        found = send_once(NAME, lambda: self._http.post(url, json=body))
        answer = found if isinstance(found, Answer) else self._judge(found, message)
        return with_cost(answer, message, self._prices)

    def _judge(self, exchange: Exchange, message: Message) -> Answer:
        reply = json_object(exchange)
        code = code_of(reply, "CodeResult") if reply is not None else None
        if code is None or reply is None:
            return judge_status(NAME, exchange, message) or in_doubt(NAME, "trả lời không đọc được")
        if code in (_OK, _KNOWN):
            why = f"{NAME} đã nhận" if code == _OK else f"{NAME} đã có thông báo này từ lần gửi trước (mã 124)"
            return Answer(Verdict.ACCEPTED, why, code, gateway_id=text_of(reply.get("SMSID")))
        return self._errors.answer(code, message, self._clock.now())

    def query(self, message_id: str, gateway_id: str | None) -> Answer | None:  # noqa: ARG002 - eSMS knows SMSID alone
        """What became of an SMS, by its SMSID; without one eSMS cannot be asked."""
        if not gateway_id:
            return None
        exchange = self._http.get(f"{self._url}/GetSendStatus", {"RefId": gateway_id, **self._keys})
        reply = json_object(exchange)
        if reply is None or code_of(reply, "CodeResponse") is None:
            raise Transient(f"{NAME} không trả lời được trạng thái tin nhắn (HTTP {exchange.status})")
        if code_of(reply, "CodeResponse") != _OK:
            return None
        return status_answer(reply, gateway_id)


def status_answer(fields: object, gateway_id: str | None) -> Answer | None:
    """What SendStatus and its counts tell, of a query or of a receipt; None where they tell nothing new."""
    if not isinstance(fields, dict):
        return None
    status = code_of(fields, "SendStatus")
    cost = _dong(fields.get("TotalPrice"))
    if status == "4":
        return Answer(Verdict.DEAD, f"{NAME} từ chối tin nhắn", "4", gateway_id, cost=0)
    if status != "5":
        return Answer(Verdict.ACCEPTED, f"{NAME} đang xử lý", status, gateway_id) if status in ("1", "2", "7") else None
    if code_of(fields, "SendSuccess") not in (None, "0"):
        return Answer(Verdict.DELIVERED, f"{NAME} báo đã tới máy người nhận", "5", gateway_id, cost=cost)
    if code_of(fields, "SendFailed") not in (None, "0"):
        return Answer(Verdict.DEAD, f"{NAME} báo không tới được máy người nhận", "5", gateway_id, cost=cost)
    return Answer(Verdict.ACCEPTED, f"{NAME} đã chuyển nhà mạng", "5", gateway_id)


def _dong(value: object) -> int | None:
    """A price, which is written as `850.0000`: whole đồng."""
    try:
        return round(float(str(value))) if value not in (None, "") else None
    except (ValueError, OverflowError):
        return None
