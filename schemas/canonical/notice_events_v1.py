"""The events of notices: one that is due at its channel, and what became of it there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from lienthong import Personal
from schemas.shapes import Shape

DUE_TYPE = "notice.due.v1"
ANSWERED_TYPE = "notice.answered.v1"
RESOLVED_TYPE = "notice.resolved.v1"


class _OfNotice(Shape):
    """What all have: `cause` is the id of the event that brought it about."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    notice: str
    channel: str | None = None
    attempt: int | None = None
    cause: str | None = Field(None, alias="lienthong:causationid")


class NoticeDue(_OfNotice):
    """A notice that its channel sends now. With `ask`, it asks its gateway about an earlier attempt instead.

    `about` is the dossier or deadline, `send_before` the moment from which on it is not sent any more.
    """

    ask: int | None = None
    about: str | None = None
    happening: str | None = None
    agency: str | None = None
    recipient: Annotated[str | None, Personal("phone")] = None
    template: str | None = None
    parameters: Annotated[Mapping[str, Any] | None, Personal("other")] = None
    text: Annotated[str | None, Personal("other")] = None
    subject: Annotated[str | None, Personal("other")] = None
    try_: int | None = Field(None, alias="try")
    send_before: datetime | None = None
    useful_until: datetime | None = None


class NoticeAnswered(_OfNotice):
    """What a gateway, a receipt or a person states of an attempt. A receipt may name it by `gateway_id` alone.

    `verdict`: the words of `connectors.notices.gateway.Verdict`, and `not_sent`. `cost` is in đồng.
    """

    notice: str | None = None  # type: ignore[assignment]  # a receipt may not know it
    verdict: str
    at: datetime | None = None
    why: str | None = None
    code: str | None = None
    gateway_id: str | None = None
    cost: int | None = None
    parts: int | None = None
    not_before: datetime | None = None
    person: str | None = None
