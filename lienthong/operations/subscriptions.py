"""Subscriptions: add, list, pause, resume, remove. Each act is an event of the ledger, with who did it and why."""

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lienthong.errors import WrongUse
from lienthong.masking import mask_text
from lienthong.messages import message
from lienthong.operations.access_acts import Act
from lienthong.operations.clients import MAX_OWNER_LENGTH, record_act
from lienthong.operations.moments import parse_since
from lienthong.operations.subscription_checks import (
    check_batch,
    check_condition,
    check_fields,
    check_types,
    fields_of,
    parse_target,
)
from lienthong.ports import Clients, Clock, Ledger
from lienthong.settings import Settings
from lienthong.subscriptions.handshake import consent_of
from lienthong.subscriptions.model import (
    NO_TROUBLE,
    FieldRule,
    NoSuchSubscription,
    NotThere,
    Place,
    State,
    Subscription,
    Trouble,
    check_subscription_name,
)
from lienthong.subscriptions.ports import Announcements, Subscriptions

FROM_START = "start"
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class SubscriptionStore:
    """What acts on subscriptions need. `has_queues`: whether the broker can have a queue of a subscriber."""

    subscriptions: Subscriptions
    announcements: Announcements
    clients: Clients
    ledger: Ledger
    clock: Clock
    settings: Settings
    has_queues: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A subscription as it is asked for, in the words of the caller. `only`, `without`: fields; one of them at most."""

    name: str
    types: Sequence[str]
    to: str
    condition: str = ""
    only: Sequence[str] = ()
    without: Sequence[str] = ()
    since: str = ""
    batch: int = 100
    client: str = ""
    owner: str = ""
    allow_private: bool = False
    keep: timedelta | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


def add_subscription(store: SubscriptionStore, wanted: Wanted, *, act: Act) -> Subscription:
    """Add a subscription. A webhook gets a secret, which is in what is returned and is shown this one time.

    Raises `WrongUse` for what cannot be subscribed to, and `NoSuchSubscription` when there is one of this name.
    """
    _require_kept(store)
    one = _subscription(store, wanted)
    with store.ledger.transaction() as transaction:
        if not store.subscriptions.add(one, transaction):
            raise NoSuchSubscription(message("there is a subscription {name} already", name=one.name))
        what = message(
            "subscription added: {types} to {target}", types=", ".join(one.types), target=one.url or one.channel
        )
        record_act(transaction, one.name, "subscription-added", facts(one), what=what, act=act, now=one.created_at)
    return one


def change_state(store: SubscriptionStore, name: str, state: State, *, act: Act) -> None:
    """Pause a subscription, or let it go on. Raises `NoSuchSubscription`."""
    one = require(store, name)
    if one.state == "ended" and state != "active":
        raise NoSuchSubscription(message("the subscription {name} has ended: {why}", name=name, why=one.trouble.why))
    if state == "active" and one.channel == "webhook" and not consent_of(one).is_given:
        raise NoSuchSubscription(
            message(
                "the receiver of {name} has not consented to deliveries; `lienthong subscriptions handshake {name}` "
                "asks it",
                name=name,
            )
        )
    _require_kept(store)
    what = message("subscription paused") if state == "paused" else message("subscription goes on")
    with store.ledger.transaction() as transaction:
        why = act.reason if state == "paused" else ""
        if not store.subscriptions.change_state(name, state, mask_text(why), transaction):
            raise _no_such(name)
        record_act(transaction, name, f"subscription-{state}", facts(one), what=what, act=act, now=store.clock.now())


def remove_subscription(store: SubscriptionStore, name: str, *, act: Act) -> Subscription:
    """Remove a subscription; its events are not held any more. Raises `NoSuchSubscription`."""
    one = require(store, name)
    with store.ledger.transaction() as transaction:
        if not store.subscriptions.remove(name, transaction):
            raise _no_such(name)
        what, now = message("subscription removed"), store.clock.now()
        record_act(transaction, name, "subscription-removed", facts(one), what=what, act=act, now=now)
    return one


def require(store: SubscriptionStore, name: str, *, client: str = "") -> Subscription:
    """The subscription; that of a client, if one is named. Raises `NoSuchSubscription`."""
    one = store.subscriptions.find(name)
    if one is None or (client and one.client != client):
        raise _no_such(name)
    return one


def facts(one: Subscription) -> dict[str, Any]:
    """What is recorded of a subscription, and shown: never its secret."""
    return {
        "name": one.name,
        "types": list(one.types),
        "filter": one.condition,
        "fields": {one.field_rule: list(one.fields)} if one.field_rule != "all" else None,
        "to": one.url or one.channel,
        "client": one.client,
        "owner": one.owner,
        "batch": one.batch,
        "keep_days": round(one.keep / timedelta(days=1), 3),
        "settings": dict(one.settings),
    }


def make_secret() -> str:
    """A new secret of a webhook, as Standard Webhooks writes it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _subscription(store: SubscriptionStore, wanted: Wanted) -> Subscription:
    settings, now = store.settings, store.clock.now()
    channel, url = parse_target(wanted.to, allow_private=wanted.allow_private)
    if channel == "queue" and not store.has_queues:
        raise WrongUse(
            message(
                "A queue of its own needs RabbitMQ: the embedded broker's queues are inside one process. Subscribe "
                "`--to pull` or to a webhook, or name a broker with LIENTHONG_BROKER."
            )
        )
    if wanted.client and store.clients.find(wanted.client) is None:
        raise WrongUse(
            message("There is no client {name}; `lienthong access client list` shows them.", name=wanted.client)
        )
    types = check_types(wanted.types, settings, store.announcements.types())
    known = fields_of(types, settings)
    rule, fields = _fields(wanted, known, types)
    start = _start(store, wanted.since, now)
    return Subscription(
        name=check_subscription_name(wanted.name),
        owner=" ".join(wanted.owner.split())[:MAX_OWNER_LENGTH],
        client=wanted.client,
        types=types,
        channel=channel,
        created_at=now,
        keep=wanted.keep or settings.bus.keep_announcements,
        condition=check_condition(wanted.condition, known, types),
        field_rule=rule,
        fields=fields,
        url=url,
        batch=check_batch(wanted.batch),
        start=start,
        place=start,
        secret=make_secret() if channel == "webhook" else "",
        state="paused" if channel == "webhook" else "active",
        trouble=Trouble(why=message("its receiver has not been asked for consent yet")) if url else NO_TROUBLE,
        settings={**wanted.settings, "allow_private": True} if wanted.allow_private else dict(wanted.settings),
    )


def _fields(
    wanted: Wanted, known: Mapping[str, frozenset[str]], types: Sequence[str]
) -> tuple[FieldRule, tuple[str, ...]]:
    if wanted.only and wanted.without:
        raise WrongUse(message("Name the fields that are kept, or those that are left out, not both."))
    if wanted.only:
        return "only", check_fields(wanted.only, known, types)
    return ("without", check_fields(wanted.without, known, types)) if wanted.without else ("all", ())


def _start(store: SubscriptionStore, since: str, now: datetime) -> Place:
    if since == FROM_START:
        return store.announcements.first()
    moment = parse_since(since, now)
    return store.announcements.end() if moment is None else store.announcements.place_at(moment)


def _require_kept(store: SubscriptionStore) -> None:
    if not store.settings.bus.keep_announcements:
        raise WrongUse(
            message(
                "This project keeps nothing of what is announced, so there are no subscriptions: set `announcements: "
                "{{keep: 90d}}` in config/bus.yaml."
            )
        )


def _no_such(name: str) -> NotThere:
    return NotThere(message("there is no subscription {name}; `lienthong subscriptions list` shows them", name=name))
