"""`lienthong subscriptions …`: what the commands do, and what they show."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from rich.console import Console

from lienthong.adapters.clock import SystemClock
from lienthong.cli import context
from lienthong.cli.output import print_json, print_text
from lienthong.cli.subscription_standings import show_standings
from lienthong.configuration import duration
from lienthong.errors import WrongUse
from lienthong.messages import message
from lienthong.operations import subscriptions as operations
from lienthong.operations.access_acts import Act
from lienthong.operations.subscriber_queues import delete_command, queue_commands
from lienthong.operations.subscription_standing import (
    SETTLING,
    look_at_subscriptions,
    stand,
    standing_json,
)
from lienthong.operations.subscriptions import Wanted
from lienthong.runtime.channels import ROOM
from lienthong.runtime.project import Project
from lienthong.runtime.subscriptions import open_subscription_store
from lienthong.runtime.webhooks import seek_consent
from lienthong.subscriptions.handshake import SETTING, consent_of
from lienthong.subscriptions.model import State, Subscription


def act(project: Project, named: str, reason: str) -> Act:
    """The act, with the person who does it. What is recorded of it is in the project's language."""
    project.use_ledger_language()
    return Act(str(context.acting_person(project, named)), reason)


def parse_keep(text: str) -> timedelta | None:
    """The time of `--keep`; None when it is not given. Raises `WrongUse`."""
    if not text:
        return None
    try:
        return duration.parse(text)
    except ValueError:
        raise WrongUse(
            message("The time {text} cannot be read; write for example 30m, 2h or 7d.", text=repr(text))
        ) from None


def channel_settings(*, room: int | None) -> Mapping[str, Any]:
    """What the channel is made with beside the subscription."""
    return {} if room is None else {ROOM: room}


def add(
    console: Console, project: Project, wanted: Wanted, *, act: Act, as_json: bool, without_handshake: bool = False
) -> None:
    """Add a subscription; show the secret of a webhook, and whether its receiver consents."""
    with open_subscription_store(project) as store:
        one = operations.add_subscription(store, wanted, act=act)
        if one.channel == "webhook":
            one = seek_consent(store, one, act=act, without_handshake=without_handshake)
    if as_json:
        webhook = {"secret": one.secret, "state": one.state, "handshake": one.settings.get(SETTING)}
        print_json({"name": one.name} | (webhook if one.secret else {}))
        return
    if wanted.since:
        print_text(console, message("The subscription {name} begins with what is kept since then.", name=one.name))
    else:
        print_text(console, message("The subscription {name} begins with the next announcement.", name=one.name))
    if one.secret:
        print_text(console, message("Its secret, shown this one time:"))
        print_text(console, one.secret, "bold", wrap=False)
        print_consent(console, one)


def print_consent(console: Console, one: Subscription) -> None:
    """Whether the receiver of a webhook consents, and what to do if not."""
    handshake = consent_of(one)
    if handshake.state == "left out":
        print_text(console, message("Its receiver is not asked for consent."))
    elif handshake.is_given:
        print_text(console, message("Its receiver consents (HTTP {status}).", status=handshake.status))
    else:
        print_text(
            console,
            message(
                "Its receiver does not consent, so nothing is delivered: {why}. `lienthong subscriptions handshake "
                "{name}` asks again.",
                why=handshake.why.rstrip("."),
                name=one.name,
            ),
            "red",
        )


def change(console: Console, project: Project, name: str, state: State, *, act: Act) -> None:
    """Pause it, or let it go on."""
    with open_subscription_store(project) as store:
        operations.change_state(store, name, state, act=act)
    if state == "paused":
        print_text(console, message("The subscription {name} is paused; its events are held.", name=name))
    else:
        print_text(console, message("The subscription {name} goes on.", name=name))


def remove(console: Console, project: Project, name: str, *, act: Act) -> None:
    """Remove it."""
    with open_subscription_store(project) as store:
        one = operations.remove_subscription(store, name, act=act)
    print_text(console, message("The subscription {name} is removed.", name=name))
    if one.channel == "queue":
        print_text(console, message("Its queue stays, with what lies in it. It is deleted by:"))
        print_text(console, f"  {delete_command(name, project.where_a_ledger_is().endpoints.broker)}", wrap=False)


def show_all(console: Console, project: Project, *, as_json: bool) -> None:
    """A table of all."""
    with open_subscription_store(project) as store:
        found = look_at_subscriptions(store.subscriptions, store.announcements)
    if as_json:
        now = SystemClock().now()
        print_json([standing_json(one, now) for one in found])
    elif found:
        show_standings(console, found)
    else:
        print_text(console, message("There is no subscription yet; add one with `lienthong subscriptions add`."))


def show(console: Console, project: Project, name: str, *, as_json: bool) -> None:
    """Everything about one."""
    with open_subscription_store(project) as store:
        one = operations.require(store, name)
        found = stand(one, store.announcements, store.announcements.settled(SETTLING))
    shown = standing_json(found, SystemClock().now())
    if as_json:
        print_json(shown)
        return
    for key, value in shown.items():
        if value not in (None, "", [], {}):
            print_text(console, f"{key}: {', '.join(value) if isinstance(value, list) else value}")
    if one.channel == "queue":
        print_text(console, message("A user of RabbitMQ with rights on its queue alone is made by:"))
        for line in queue_commands(one.name, project.where_a_ledger_is().endpoints.broker):
            print_text(console, f"  {line}", wrap=False)
