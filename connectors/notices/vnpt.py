"""VNPT VinaPhone brand-name SMS: VNPT keeps the templates, and is sent the parameters by number.

    POST URL {"RQST": {name "send_sms_list", REQID, LABELID, CONTRACTTYPEID "1", CONTRACTID, TEMPLATEID,
             PARAMS [{NUM, CONTENT}], SCHEDULETIME "", MOBILELIST "84…", ISTELCOSUB "0", AGENTID, APIUSER, APIPASS,
             USERNAME, DATACODING "0"}}
             → {"RPLY": {name, ERROR "0", ERROR_DESC}}

ASSUMED: REQID takes any text, and VNPT does not refuse one that it had before. There is no query.
"""

from collections.abc import Mapping
from datetime import timedelta

from connectors.notices.errors import ErrorTable
from connectors.notices.gateway import Answer, Message, Verdict
from connectors.notices.gsm import unaccent
from connectors.notices.prices import Prices
from connectors.notices.replies import code_of, in_doubt, json_object, judge_status, send_once
from connectors.notices.sms import refuse, template_of, with_cost
from connectors.notices.template import SmsTemplate
from connectors.notices.templates import Templates
from lienthong import Clock, Table
from lienthong.connectors.protocols.http_once import Exchange, HttpOnce

NAME = "VNPT SMS Brandname"
_OK = "0"


class VnptSms:
    """Sends one SMS a call. `label`, `contract` and `agent` are the brand name, the contract and the agent at VNPT."""

    knows_repeats = False

    def __init__(
        self,
        clock: Clock,
        templates: Templates,
        *,
        url: str,
        api_user: str,
        api_password: str,
        username: str,
        label: str,
        contract: str,
        agent: str,
        errors: Table,
        prices: Prices | None = None,
        timeout: timedelta = timedelta(seconds=30),
        http: HttpOnce | None = None,
    ) -> None:
        self._clock = clock
        self._templates = templates
        self._url = url
        self._account = {
            "LABELID": label,
            "CONTRACTTYPEID": "1",
            "CONTRACTID": contract,
            "ISTELCOSUB": "0",
            "AGENTID": agent,
            "APIUSER": api_user,
            "APIPASS": api_password,
            "USERNAME": username,
            "DATACODING": "0",
        }
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
        if not template.vnpt_template:
            return Answer(Verdict.CONFIGURATION, f"mẫu {message.template!r} chưa có số của VNPT (vnpt_template)")
        missing = [name for name in template.order() if name not in message.parameters]
        if missing:
            return Answer(Verdict.DEAD, f"thông báo thiếu tham số {', '.join(missing)}")
        request = self._request(message, template)
        found = send_once(NAME, lambda: self._http.post(self._url, json={"RQST": request}))
        answer = found if isinstance(found, Answer) else self._judge(found, message)
        return with_cost(answer, message, self._prices)

    def _request(self, message: Message, template: SmsTemplate) -> Mapping[str, object]:
        parameters = [
            {"NUM": str(number), "CONTENT": unaccent(message.parameters[name])}
            for number, name in enumerate(template.order(), start=1)
        ]
        return {
            "name": "send_sms_list",
            "REQID": message.notice_id,
            **self._account,
            "TEMPLATEID": template.vnpt_template,
            "PARAMS": parameters,
            "SCHEDULETIME": "",
            "MOBILELIST": message.recipient,
        }

    def _judge(self, exchange: Exchange, message: Message) -> Answer:
        reply = json_object(exchange)
        inner = reply.get("RPLY") if reply is not None else None
        code = code_of(inner, "ERROR") if isinstance(inner, dict) else None
        if code is None:
            return judge_status(NAME, exchange, message) or in_doubt(NAME, "trả lời không đọc được")
        if code == _OK:
            return Answer(Verdict.ACCEPTED, f"{NAME} đã nhận", code, gateway_id=message.notice_id)
        return self._errors.answer(code, message, self._clock.now())

    def query(self, message_id: str, gateway_id: str | None) -> None:
        """VNPT cannot be asked."""
