"""What the SMS gateways have in common: only mobile numbers and texts without marks leave, and their parts and cost."""

from dataclasses import replace

from connectors.notices import phones
from connectors.notices.gateway import Answer, Message, Verdict
from connectors.notices.gsm import count_parts, foreign
from connectors.notices.prices import Prices
from connectors.notices.template import SmsTemplate
from connectors.notices.templates import Templates

CHANNEL = "sms"


def refuse(message: Message) -> Answer | None:
    """Why a notice cannot leave as an SMS; None when it can."""
    phone = phones.read(message.recipient)
    if not phone.number or phone.number != message.recipient:
        return Answer(Verdict.DEAD, f"người nhận {phone.why or 'không ở dạng 84…'}")
    if not message.text:
        return Answer(Verdict.DEAD, "thông báo không có nội dung")
    if foreign(message.text):
        return Answer(Verdict.DEAD, "nội dung SMS có chữ ngoài bảng chữ GSM 7 bit: phải bỏ dấu trước khi gửi")
    return None


def template_of(templates: Templates, message: Message) -> SmsTemplate | Answer:
    """The template of a notice, or that it is missing: then the channel stops."""
    found = templates.get(CHANNEL, message.template)
    if isinstance(found, SmsTemplate):
        return found
    return Answer(Verdict.CONFIGURATION, f"không có mẫu SMS {message.template!r} dùng được trong config/templates/sms")


def with_cost(answer: Answer, message: Message, prices: Prices | None) -> Answer:
    """The answer with parts, and with the cost where a price is known. What was refused costs nothing."""
    if answer.verdict not in (Verdict.ACCEPTED, Verdict.DELIVERED, Verdict.IN_DOUBT):
        return answer
    text = message.text or ""
    cost = prices.cost(text, message.recipient) if prices and answer.cost is None else answer.cost
    return replace(answer, parts=count_parts(text).parts, cost=cost)
