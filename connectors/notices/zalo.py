"""Zalo, ZBS template messages (formerly ZNS), to a telephone number.

    POST …/message/template   header access_token; {phone "84…", template_id, template_data {}, tracking_id, mode?}
                              → {error 0, message, data {msg_id, sent_time, quota}}; status 200 also for errors
    GET  …/message/status?message_id=   → {error, data {status 1|0|-1, delivery_time}}

ASSUMED (recalled): the address and the shape of the status; that the same tracking_id is sent twice when it is asked
twice. So a doubt about a notice without a msg_id is resolved by its receipt alone.
"""

from datetime import timedelta

from connectors.notices import phones
from connectors.notices.errors import REFRESH, ErrorTable
from connectors.notices.gateway import Answer, Message, Verdict
from connectors.notices.replies import code_of, in_doubt, json_object, judge_status, send_once, text_of
from connectors.notices.template import ZaloTemplate
from connectors.notices.templates import Templates
from connectors.notices.zalo_tokens import NAME, NoToken, Tokens
from lienthong import Clock, Table, Transient
from lienthong.connectors.protocols.http_once import Exchange, HttpOnce

CHANNEL = "zalo"
_OK = "0"


class ZaloGateway:
    """Sends with the notice's id as tracking_id. `url`: `https://business.openapi.zalo.me`. `development`: mode of Zalo
    in which only administrators of the account are sent to.
    """

    knows_repeats = False

    def __init__(
        self,
        clock: Clock,
        templates: Templates,
        tokens: Tokens,
        *,
        url: str,
        errors: Table,
        development: bool = False,
        timeout: timedelta = timedelta(seconds=30),
        http: HttpOnce | None = None,
    ) -> None:
        self._clock = clock
        self._templates = templates
        self._tokens = tokens
        self._url = url.rstrip("/")
        self._errors = ErrorTable(NAME, errors)
        self._mode = {"mode": "development"} if development else {}
        self._http = http or HttpOnce(NAME, timeout=timeout)

    def send(self, message: Message) -> Answer:
        """Send once; after a refused token, renew it and send again once: nothing was sent with it. See the port."""
        phone = phones.read(message.recipient)
        if not phone.number or phone.number != message.recipient:
            return Answer(Verdict.OTHER_CHANNEL, f"người nhận {phone.why or 'không ở dạng 84…'}")
        template = self._templates.get(CHANNEL, message.template)
        if not isinstance(template, ZaloTemplate):
            why = f"không có mẫu Zalo {message.template!r} dùng được trong config/templates/zalo"
            return Answer(Verdict.CONFIGURATION, why)
        try:
            token = self._tokens.current()
            answer = self._try(token, template, message)
            if answer is None:
                answer = self._try(self._tokens.renew(token), template, message, is_last=True)
        except NoToken as none:
            return Answer(Verdict.CONFIGURATION, none.why)
        return answer or in_doubt(NAME)

    def _try(self, token: str, template: ZaloTemplate, message: Message, *, is_last: bool = False) -> Answer | None:
        """The answer; None when the token is refused and another one may help."""
        body = {
            "phone": message.recipient,
            "template_id": template.template_id,
            "template_data": dict(message.parameters),
            "tracking_id": message.notice_id,
            **self._mode,
        }
        headers = {"access_token": token}
        found = send_once(NAME, lambda: self._http.post(f"{self._url}/message/template", json=body, headers=headers))
        if isinstance(found, Answer):
            return found if found.verdict is not Verdict.IN_DOUBT else self._priced(found, template)
        reply = json_object(found)
        code = code_of(reply, "error") if reply is not None else None
        if code is None or reply is None:
            answer = judge_status(NAME, found, message) or in_doubt(NAME, "trả lời không đọc được")
            return self._priced(answer, template)
        if code == _OK:
            data = reply.get("data")
            identifier = text_of(data.get("msg_id")) if isinstance(data, dict) else None
            return self._priced(Answer(Verdict.ACCEPTED, f"{NAME} đã nhận", code, gateway_id=identifier), template)
        rule = self._errors.rule(code)
        if rule is not None and rule.word == REFRESH and not is_last:
            return None
        return self._errors.answer(code, message, self._clock.now())

    def _priced(self, answer: Answer, template: ZaloTemplate) -> Answer:
        if answer.verdict not in (Verdict.ACCEPTED, Verdict.IN_DOUBT) or template.price is None:
            return answer
        return Answer(answer.verdict, answer.why, answer.code, answer.gateway_id, cost=template.price)

    def query(self, message_id: str, gateway_id: str | None) -> Answer | None:  # noqa: ARG002 - Zalo knows msg_id alone
        """What became of a notice, by its msg_id; without one Zalo cannot be asked."""
        if not gateway_id:
            return None
        try:
            token = self._tokens.current()
            reply = self._status(token, gateway_id)
            rule = self._errors.rule(code_of(reply, "error") or "")
            if rule is not None and rule.word == REFRESH:
                reply = self._status(self._tokens.renew(token), gateway_id)
        except NoToken as none:
            raise Transient(none.why) from None
        data = reply.get("data")
        if code_of(reply, "error") != _OK or not isinstance(data, dict):
            return None
        if code_of(data, "status") == "1":
            return Answer(Verdict.DELIVERED, f"{NAME} báo đã tới người nhận", "1", gateway_id)
        return Answer(Verdict.ACCEPTED, f"{NAME} chưa báo đã tới người nhận", code_of(data, "status"), gateway_id)

    def _status(self, token: str, gateway_id: str) -> dict[str, object]:
        found: Exchange = self._http.get(
            f"{self._url}/message/status", {"message_id": gateway_id}, {"access_token": token}
        )
        reply = json_object(found)
        if reply is None:
            raise Transient(f"{NAME} không trả lời được trạng thái thông báo (HTTP {found.status})")
        return dict(reply)
