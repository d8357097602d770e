"""The files of `config/templates/{channel}/{lang}/NAME.yaml`: what a notice tells, by channel.

A placeholder is `<ten_tham_so>` in every channel. Each is described under `parameters`: its kind, which limits its
length, and the field of the happening (or of another event) that gives its value.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from lienthong.connectors.protocols.shapes import Shape

PLACEHOLDER = re.compile(r"<([^<>]*)>")
"""What looks like a placeholder, also a wrong one: the lint tells which are wrong."""


class Kind(StrEnum):
    """What a parameter is. Limits in characters: NAME to ADDRESS are Zalo's, the others are ASSUMED (recalled)."""

    NAME = "name"
    PHONE = "phone"
    CODE = "code"
    STATUS = "status"
    ADDRESS = "address"
    LABEL = "label"
    CONTACT = "contact"
    SERVICE = "service"
    DATE = "date"
    MOMENT = "moment"


LIMITS: Mapping[Kind, int] = {
    Kind.NAME: 30,
    Kind.PHONE: 15,
    Kind.CODE: 30,
    Kind.STATUS: 30,
    Kind.ADDRESS: 200,
    Kind.LABEL: 30,
    Kind.CONTACT: 50,
    Kind.SERVICE: 200,
    Kind.DATE: 20,
    Kind.MOMENT: 20,
}

ParameterName = Annotated[str, StringConstraints(pattern=r"^[^<>]+$")]
Text = Annotated[str, StringConstraints(min_length=1)]


class Parameter(Shape):
    """One placeholder. `field`: where its value comes from. `limit`: fewer characters than its kind allows.

    `otherwise` stands in when the field has no value; without it such a notice cannot be sent.
    """

    kind: Kind
    field: Text
    limit: int | None = Field(default=None, ge=1)
    otherwise: Text | None = None

    @property
    def longest(self) -> int:
        """Characters that a value may have."""
        return min(self.limit or LIMITS[self.kind], LIMITS[self.kind])


class Cell(Shape):
    """A row of Zalo's table."""

    name: Text
    value: Text


class Button(Shape):
    """A button of Zalo: the only place for a link. `url` may hold placeholders."""

    label: Text
    url: Text


class _Template(Shape):
    parameters: Mapping[ParameterName, Parameter] = Field(default_factory=dict)
    active: bool = True
    note: str = ""


class ZaloTemplate(_Template):
    """A template as it was approved by Zalo, who fills it in: we send `template_id` and the parameters.

    `tag`: 1 transaction, 2 customer care, 3 promotion. `price`: đồng for one notice.
    """

    template_id: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,20}$")]
    tag: int = 1
    title: Text
    paragraphs: list[Text]
    table: list[Cell] = Field(default_factory=list)
    buttons: list[Button] = Field(default_factory=list)
    price: int | None = Field(default=None, ge=0)

    def texts(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every text that a reader sees, or that a link is made of, with its place."""
        yield ("title",), self.title
        yield from ((("paragraphs", index), text) for index, text in enumerate(self.paragraphs))
        for index, cell in enumerate(self.table):
            yield ("table", index, "name"), cell.name
            yield ("table", index, "value"), cell.value
        for index, button in enumerate(self.buttons):
            yield ("buttons", index, "label"), button.label
            yield ("buttons", index, "url"), button.url


class SmsTemplate(_Template):
    """An SMS: Vietnamese without marks. `use`: CSKH to citizens, ĐH (điều hành) to officials.

    `vnpt_template`: the number of the template that VNPT approved; it gets the parameters in the order of the text.
    `max_parts`: more parts than this, with the longest parameters, are a fault.
    """

    brandname: Text
    use: Literal["CSKH", "ĐH"] = "CSKH"
    text: Text
    vnpt_template: str = ""
    max_parts: int = Field(default=2, ge=1)

    def texts(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """The text, with its place."""
        yield ("text",), self.text

    def order(self) -> list[str]:
        """The names of the placeholders in the order of the text, each once."""
        return list(dict.fromkeys(PLACEHOLDER.findall(self.text)))


class EmailTemplate(_Template):
    """An e-mail in plain text."""

    subject: Text
    text: Text

    def texts(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Subject and text, with their places."""
        yield ("subject",), self.subject
        yield ("text",), self.text


Template = ZaloTemplate | SmsTemplate | EmailTemplate

SHAPES: Mapping[str, type[ZaloTemplate] | type[SmsTemplate] | type[EmailTemplate]] = {
    "zalo": ZaloTemplate,
    "sms": SmsTemplate,
    "email": EmailTemplate,
}
"""By channel, which is the first folder of a template's path."""
