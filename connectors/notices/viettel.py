"""Viettel brand-name SMS (bulk SMS): SOAP 1.1.

    wsCpMt (http://impl.bulkSms.ws/) {User, Password, CPCode, RequestID "1", UserID, ReceiverID, ServiceID,
           CommandCode "bulksms", Content, ContentType "0"} → {result 1, message}

ASSUMED: names are looked for in the reply without regard to namespaces; results other than 1 are refusals. There is no
key of ours in it (RequestID is always 1), so Viettel cannot be asked about a notice.
"""

from collections.abc import Mapping
from datetime import timedelta
from html import escape

from connectors.notices.errors import ErrorTable
from connectors.notices.gateway import Answer, Message, Verdict
from connectors.notices.prices import Prices
from connectors.notices.replies import in_doubt, judge_status, send_once
from connectors.notices.sms import refuse, template_of, with_cost
from connectors.notices.templates import Templates
from lienthong import Clock, Rejected, Table
from lienthong.connectors.protocols.http_once import Exchange, HttpOnce
from lienthong.connectors.protocols.xml import parse

NAME = "Viettel SMS Brandname"
NAMESPACE = "http://impl.bulkSms.ws/"
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_OK = "1"
_REPLY_LIMIT = 2**16


class ViettelSms:
    """Sends one SMS a call."""

    knows_repeats = False

    def __init__(
        self,
        clock: Clock,
        templates: Templates,
        *,
        url: str,
        user: str,
        password: str,
        cp_code: str,
        errors: Table,
        prices: Prices | None = None,
        timeout: timedelta = timedelta(seconds=30),
        http: HttpOnce | None = None,
    ) -> None:
        self._clock = clock
        self._templates = templates
        self._url = url
        self._account = {"User": user, "Password": password, "CPCode": cp_code, "RequestID": "1"}
        self._errors = ErrorTable(NAME, errors)
        self._prices = prices
        self._http = http or HttpOnce(NAME, timeout=timeout)

    def send(self, message: Message) -> Answer:
        """Send once. See the port."""
        if (refused := refuse(message)) is not None:
            return refused
        template = template_of(self._templates, message)
        if isinstance(template, Answer):
            return template
        body = _envelope(
            {
                **self._account,
                "UserID": message.recipient,
                "ReceiverID": message.recipient,
                "ServiceID": template.brandname,
                "CommandCode": "bulksms",
                "Content": message.text or "",
                "ContentType": "0",
            }
        )
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
        found = send_once(NAME, lambda: self._http.post(self._url, content=body, headers=headers))
        answer = found if isinstance(found, Answer) else self._judge(found, message)
        return with_cost(answer, message, self._prices)

    def _judge(self, exchange: Exchange, message: Message) -> Answer:
        reply = _texts(exchange.body)
        code = reply.get("result")
        if code is not None and 200 <= exchange.status < 300:
            if code == _OK:
                return Answer(Verdict.ACCEPTED, f"{NAME} đã nhận", code)
            return self._errors.answer(code, message, self._clock.now())
        fault = reply.get("faultcode", reply.get("Code", ""))
        if fault.rpartition(":")[2] in ("Client", "Sender"):  # the server did not understand the request
            return self._errors.answer("soap-client", message, self._clock.now())
        return judge_status(NAME, exchange, message) or in_doubt(NAME, "trả lời không đọc được")

    def query(self, message_id: str, gateway_id: str | None) -> None:
        """Viettel cannot be asked."""


def _envelope(fields: Mapping[str, str]) -> bytes:
    inner = "".join(f"<{name}>{escape(text, quote=False)}</{name}>" for name, text in fields.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{_SOAP}" xmlns:impl="{NAMESPACE}">'
        f"<soapenv:Header/><soapenv:Body><impl:wsCpMt>{inner}</impl:wsCpMt></soapenv:Body></soapenv:Envelope>"
    ).encode()


def _texts(body: bytes) -> dict[str, str]:
    """By local name, the text of each element without children; nothing for what is no XML."""
    try:
        root = parse(body, limit=_REPLY_LIMIT)
    except Rejected:
        return {}
    return {
        element.tag.rpartition("}")[2]: (element.text or "").strip()
        for element in root.iter()
        if isinstance(element.tag, str) and not len(element)
    }
