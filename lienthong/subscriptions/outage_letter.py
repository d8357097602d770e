"""What the owner of a subscription is written about an outage."""

from dataclasses import dataclass
from datetime import datetime

from lienthong.data.local_time import MINUTE, local_time
from lienthong.messages import Message, in_ledger_language, message
from lienthong.subscriptions.model import Subscription
from lienthong.subscriptions.outages import Kind, Outage


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail in the language of the project. It has ids, and nothing of what the events are about."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Held:
    """What waits for a subscription: events of its types, since when, and the ids of the batch that is tried."""

    events: int = 0
    oldest: datetime | None = None
    first: str = ""
    last: str = ""


def write_letter(subscription: Subscription, outage: Outage, held: Held) -> Letter:
    """The letter of an outage."""
    name, since = subscription.name, local_time(outage.since, MINUTE)
    why = subscription.trouble.why.rstrip(".")
    lines = [
        _heading(outage.kind, name),
        message("Since: {since}. Reason: {why}.", since=since, why=why),
        message("Event types: {types}.", types=", ".join(subscription.types)),
        message("Events that wait for it: {count}.", count=held.events),
    ]
    if held.first:
        lines.append(
            message(
                "The batch that is tried begins with {first} and ends with {last}.", first=held.first, last=held.last
            )
        )
    lines.append(_advice(outage.kind, subscription))
    return Letter(in_ledger_language(_heading(outage.kind, name)), "\n".join(map(in_ledger_language, lines)) + "\n")


def _heading(kind: Kind, name: str) -> Message:
    match kind:
        case "failing":
            return message("Deliveries to the subscription {name} fail", name=name)
        case "paused":
            return message("The subscription {name} is paused after its last attempt", name=name)
        case "ended":
            return message("The subscription {name} has ended", name=name)


def _advice(kind: Kind, subscription: Subscription) -> Message:
    days = round(subscription.keep.total_seconds() / 86_400)
    match kind:
        case "failing":
            return message(
                "Nothing is lost: its events are held, and it is tried again by itself, over three days. This is the "
                "only message about this outage, unless the last attempt fails, too."
            )
        case "paused":
            return message(
                "Nothing is sent any more. Its events are held for {days} days from their announcement. Once the "
                "receiver is well, `lienthong subscriptions resume {name}`, or POST /v1/subscriptions/{name}/resume, "
                "goes on with them.",
                days=days,
                name=subscription.name,
            )
        case "ended":
            return message(
                "Its receiver answered that it wants nothing any more (HTTP 410). If that was an error, `lienthong "
                "subscriptions resume {name}` goes on; otherwise remove the subscription.",
                name=subscription.name,
            )
