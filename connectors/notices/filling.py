"""What a notice tells of one fact: the parameters of a template, and the text they make."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from connectors.notices.gsm import unaccent
from connectors.notices.template import PLACEHOLDER, EmailTemplate, Kind, Parameter, SmsTemplate, Template
from lienthong import LOCAL_ZONE, Rejected, clean_text, parse_utc

_WHOLE = (Kind.CODE, Kind.PHONE)
"""Kinds that mean nothing when they are cut."""

_LINK = re.compile(r"https?:|www\.|[\w-]\.(?:vn|com|net|org|info|me|ly|io|cc|xyz|top|app|link|site|online)\b", re.I)

_FORMATS = {Kind.DATE: "%d/%m/%Y", Kind.MOMENT: "%H:%M %d/%m/%Y"}


def fill(template: Template, fact: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of `template` for one fact, in the order of the file.

    - Moments (UTC) become local. Long names are cut at a word; a code is never cut.
    - A value that holds a link counts as none: it was written by who filed the dossier, and would stand under the
      province's name.
    - Raises `Rejected`, naming the field, for a value that is missing without `otherwise`, or cannot be sent.
    """
    is_sms = isinstance(template, SmsTemplate)
    return {
        name: _value(parameter, fact, unaccent if is_sms else str) for name, parameter in template.parameters.items()
    }


def render(template: Template, parameters: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Subject and text; None where the gateway fills in itself, or has no subject. A value is never filled in again."""

    def filled(text: str) -> str:
        return PLACEHOLDER.sub(lambda found: parameters.get(found[1], found[0]), text)

    match template:
        case SmsTemplate(text=text):
            return None, unaccent(filled(text)).strip()
        case EmailTemplate(subject=subject, text=text):
            return " ".join(filled(subject).split()), filled(text)
        case _:
            return None, None


def preview(template: Template, parameters: Mapping[str, str]) -> str:
    """What the recipient reads, for a person who looks at a template: of Zalo's too, though Zalo fills it in."""
    subject, text = render(template, parameters)
    lines = [subject, text] if text is not None else [shown for _, shown in template.texts()]
    return "\n".join(
        PLACEHOLDER.sub(lambda found: parameters.get(found[1], found[0]), line) for line in lines if line is not None
    )


def _value(parameter: Parameter, fact: Mapping[str, Any], written: Callable[[str], str]) -> str:
    text = _text(parameter, fact.get(parameter.field))
    text = " ".join(written(text).split())
    if not text:
        if parameter.otherwise is None:
            raise Rejected("thiếu giá trị mà mẫu thông báo cần", field=parameter.field)
        text = " ".join(written(parameter.otherwise).split())
    return _cut(text, parameter, "..." if written is unaccent else "…")


def _text(parameter: Parameter, value: Any) -> str:
    if value is None or isinstance(value, bool | dict | list):
        return ""
    text = clean_text(str(value))
    if parameter.kind in _FORMATS and text:
        try:
            return f"{parse_utc(text).astimezone(LOCAL_ZONE):{_FORMATS[parameter.kind]}}"
        except (ValueError, OverflowError):
            raise Rejected("không phải thời điểm nên không đưa vào thông báo được", field=parameter.field) from None
    return "" if parameter.kind not in _WHOLE and _LINK.search(text) else text


def _cut(text: str, parameter: Parameter, dots: str) -> str:
    if len(text) <= parameter.longest:
        return text
    if parameter.kind in _WHOLE:
        raise Rejected("dài hơn giới hạn của mẫu thông báo", field=parameter.field)
    room = max(parameter.longest - len(dots), 1)
    at_word = text[: room + 1].rpartition(" ")[0]
    kept = at_word if len(at_word) * 2 > room else text[:room]
    return f"{kept.rstrip(' ,;.-')}{dots}"[: parameter.longest]
