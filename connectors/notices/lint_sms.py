"""The rules of brand-name SMS for a template: Vietnamese without marks, in the alphabet of GSM, its parts and cost.

Source of a brand name's form: the carriers' rules for brand names (at most 11 Latin letters, digits, `-`, `_`, `.` and
spaces, not digits alone).
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from connectors.notices import lint_words as words
from connectors.notices.gsm import Parts, count_parts, foreign, unaccent, without_ascii_form
from connectors.notices.lint_zalo import Flaw
from connectors.notices.prices import Prices
from connectors.notices.template import PLACEHOLDER, SmsTemplate

_BRANDNAME = re.compile(r"[A-Za-z0-9._ -]{1,11}")


class Measure(NamedTuple):
    """An SMS with its longest parameters: its parts, and by carrier the cost in đồng ("" without prices)."""

    parts: Parts
    costs: Mapping[str, int]


def measure(template: SmsTemplate, prices: Prices | None = None) -> Measure:
    """How long an SMS of this template can become, and what it costs then."""
    text = PLACEHOLDER.sub(lambda found: _longest(template, found[1]), template.text)
    parts = count_parts(text)
    by_carrier = prices.by_carrier if prices else {}
    return Measure(parts, {carrier: parts.parts * price for carrier, price in by_carrier.items()})


def flaws(template: SmsTemplate, prices: Prices | None) -> Iterator[Flaw]:
    """Everything that a carrier would refuse, alter, or bill more for."""
    brandname = template.brandname
    if not _BRANDNAME.fullmatch(brandname) or brandname.replace(" ", "").isdigit() or brandname != brandname.strip():
        advice = "tối đa 11 chữ cái không dấu, chữ số, - _ . và không chỉ gồm chữ số"
        yield Flaw("NT52", f"brandname {brandname!r} không đúng dạng", advice, ("brandname",))
    if lost := without_ascii_form(words.without_placeholders(template.text)):
        yield Flaw("NT51", f"có ký tự SMS không gửi được: {lost!r}", "bỏ ký tự đó", ("text",))
    elif strange := foreign(template.text):
        yield Flaw(
            "NT50", f"có chữ ngoài bảng chữ GSM 7 bit: {strange!r}", f"viết: {unaccent(template.text)}", ("text",)
        )
    if words.LINK.search(words.without_placeholders(template.text)):
        advice = "bỏ liên kết: người dân được khuyên không bấm liên kết trong tin nhắn"
        yield Flaw("NT54", "SMS có liên kết", advice, ("text",))
    yield from _parts(template, prices)
    for name, parameter in template.parameters.items():
        if parameter.otherwise and without_ascii_form(parameter.otherwise):
            what = f"giá trị thay thế của {name!r} có ký tự SMS không gửi được"
            yield Flaw("NT51", what, "viết bằng chữ thường", ("parameters", name, "otherwise"))


def _parts(template: SmsTemplate, prices: Prices | None) -> Iterator[Flaw]:
    found = measure(template, prices)
    if found.parts.parts <= template.max_parts:
        return
    what = f"SMS dài tới {found.parts.parts} phần ({found.parts.units} ký tự) khi tham số dài nhất"
    if found.costs:
        what += f", tốn tới {max(found.costs.values())} đồng"
    advice = f"rút gọn cho vừa {template.max_parts} phần, đặt limit nhỏ hơn, hoặc tăng max_parts"
    yield Flaw("NT53", what, advice, ("text",))


def _longest(template: SmsTemplate, name: str) -> str:
    parameter = template.parameters.get(name)
    return "x" * parameter.longest if parameter else f"<{name}>"
