"""Acts on webhooks: what came of a handshake is recorded, and a secret is replaced."""

from dataclasses import replace
from datetime import timedelta

from lienthong.errors import WrongUse
from lienthong.messages import Message, message
from lienthong.operations.access_acts import Act
from lienthong.operations.clients import record_act
from lienthong.operations.subscriptions import SubscriptionStore, facts, make_secret, require
from lienthong.subscriptions.handshake import SETTING, Handshake, consent_of
from lienthong.subscriptions.model import NO_TROUBLE, NotThere, Subscription, Trouble

OVERLAP = timedelta(hours=24)
"""How long requests bear the signature of a replaced secret, too."""


def require_webhook(store: SubscriptionStore, name: str) -> Subscription:
    """The subscription. Raises `NoSuchSubscription`, or `WrongUse` for one that is no webhook."""
    one = require(store, name)
    if one.channel != "webhook":
        raise WrongUse(message("The subscription {name} is no webhook.", name=name))
    return one


def record_handshake(store: SubscriptionStore, one: Subscription, handshake: Handshake, *, act: Act) -> Subscription:
    """Keep what came of it. Consent makes active what waited for it alone; without consent nothing is delivered.

    A subscription that an operator paused, or that has ended, stays as it is with consent. A consent that was given
    stays when the receiver does not answer now.
    """
    had = consent_of(one).is_given
    if had and not handshake.is_given and handshake.is_outage:
        changed = one
    elif handshake.is_given:
        waited = one.state == "paused" and not one.trouble.failures and not had
        settings = {**one.settings, SETTING: dict(handshake.setting())}
        changed = replace(one, settings=settings)
        changed = replace(changed, state="active", trouble=NO_TROUBLE) if waited else changed
    else:
        settings = {**one.settings, SETTING: dict(handshake.setting())}
        changed = replace(one, settings=settings, state="paused", trouble=Trouble(why=handshake.why))
    what = message("handshake of a webhook: {state}", state=handshake.state)
    _keep(store, changed, "subscription-handshake", what, act)
    return changed


def replace_secret(store: SubscriptionStore, name: str, *, act: Act) -> Subscription:
    """Give a webhook a new secret. For a day requests are signed with both."""
    one = require_webhook(store, name)
    until = store.clock.now() + OVERLAP
    changed = replace(one, secret=make_secret(), previous_secret=one.secret, previous_until=until)
    _keep(store, changed, "subscription-secret-replaced", message("secret of a webhook replaced"), act)
    return changed


def _keep(store: SubscriptionStore, changed: Subscription, name: str, what: Message, act: Act) -> None:
    with store.ledger.transaction() as transaction:
        if not store.subscriptions.keep_settings(changed, transaction):
            raise NotThere(
                message("there is no subscription {name}; `lienthong subscriptions list` shows them", name=changed.name)
            )
        record_act(transaction, changed.name, name, facts(changed), what=what, act=act, now=store.clock.now())
