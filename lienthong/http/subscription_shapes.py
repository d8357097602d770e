"""The shapes of subscriptions over HTTP, as the document states them."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lienthong.subscriptions.model import State


class FieldsBody(BaseModel):
    """Fields of the data that are kept, or that are left out; one of the two."""

    model_config = ConfigDict(extra="forbid")

    only: list[str] = Field(default=[], max_length=200, description="Only these.", examples=[["code", "status"]])
    without: list[str] = Field(default=[], max_length=200, description="All but these.")


class NewSubscriptionBody(BaseModel):
    """A subscription as it is asked for."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern="^[a-z0-9-]{1,60}$", description="Its name, also in the queue's.", examples=["clinic"])
    types: list[str] = Field(min_length=1, max_length=100, description="Event types.", examples=[["dossier.v1"]])
    to: str = Field(
        max_length=2000,
        description="`pull`, `queue`, or the address of a webhook, over HTTPS.",
        examples=["pull"],
    )
    filter: str = Field(
        default="",
        max_length=1000,
        description="A condition in CEL over `type`, `source`, `subject` and `data`.",
        examples=['data.status == "completed"'],
    )
    fields: FieldsBody = Field(default=FieldsBody(), description="Which fields of `data` are sent; all without it.")
    since: str = Field(
        default="",
        max_length=40,
        description="Also what was announced since then: `7d`, an instant, or `start`; without it only what comes.",
        examples=["start", "2026-11-01T00:00:00+07:00"],
    )
    batch: int = Field(default=100, ge=1, le=1000, description="Events of one delivery at most.")
    owner: str = Field(default="", max_length=200, description="Who is informed of failures: an e-mail address.")
    keep_days: int | None = Field(default=None, ge=1, le=3650, description="How long events are held for it at most.")

    @model_validator(mode="after")
    def _one_rule(self) -> "NewSubscriptionBody":
        if self.fields.only and self.fields.without:
            raise ValueError("name the fields that are kept, or those that are left out, not both")
        return self

    def as_wanted(self) -> dict[str, Any]:
        """The arguments of `Wanted`, but for the client."""
        return {
            "name": self.name,
            "types": self.types,
            "to": self.to,
            "condition": self.filter,
            "only": self.fields.only,
            "without": self.fields.without,
            "since": self.since,
            "batch": self.batch,
            "owner": self.owner,
            "keep": None if self.keep_days is None else timedelta(days=self.keep_days),
        }


class SubscriptionBody(BaseModel):
    """A subscription, and how it stands. Figures are events of its types since its start."""

    name: str
    types: list[str]
    filter: str
    fields: dict[str, list[str]] | None = Field(description="`only` or `without`, with the fields; null for all.")
    to: str
    client: str
    owner: str
    batch: int
    keep_days: float
    settings: dict[str, Any] = Field(description="Of its channel.")
    state: State = Field(description="`failing`: tried again. `paused`: events are held. `ended`: nothing is sent.")
    created: datetime
    cursor: str = Field(description="How far it has come.")
    announced: int = Field(description="delivered + filtered + waiting + dead + dropped.")
    delivered: int
    filtered: int
    waiting: int
    dead: int = Field(description="Refused for good by the receiver.")
    dropped: int = Field(description="Removed by age before it had them.")
    difference: int = Field(description="Events that are not accounted for; anything but 0 is a fault of the bus.")
    replayed: int
    oldest_waiting: datetime | None
    lag_seconds: float
    last_delivery: datetime | None
    failing_since: datetime | None
    failures: int
    next_attempt: datetime | None
    why: str = Field(description="Why deliveries fail, or why it is paused or has ended.")
    secret: str | None = Field(default=None, description="Of a webhook: shown once, when it is made.")


class SubscriptionsBody(BaseModel):
    """All subscriptions of the caller."""

    subscriptions: list[SubscriptionBody]


class EventsBody(BaseModel):
    """Events, and where to go on."""

    events: list[dict[str, Any]] = Field(description="CloudEvents 1.0 JSON objects, in the order of announcement.")
    cursor: str = Field(description="Send it as `after` once the events are kept.", examples=["1.4711.0"])
    more: bool = Field(description="Whether more can be fetched now.")
