"""The commands of `lienthong subscriptions` for webhooks, and the one that tries a subscriber."""

from typing import Annotated

import typer

from lienthong.cli.options import As, AsJson
from lienthong.cli.subscriptions import Name, Why, WithoutHandshake, subscriptions
from lienthong.messages import message
from lienthong.runtime.project import Project

__all__ = ["subscriptions"]


@subscriptions.command("handshake", help=message("Ask the receiver of a webhook for its consent, once more."))
def handshake(
    project: Project, name: Name, *, no_handshake: WithoutHandshake = False, reason: Why = "", person: As = ""
) -> None:
    from lienthong.cli import context, subscription_acts, webhook_acts

    act = subscription_acts.act(project, person, reason)
    webhook_acts.handshake(context.console(), project, name, act=act, without_handshake=no_handshake)


@subscriptions.command(
    "secret", help=message("Give a webhook a new secret, printed once, here. For a day the old one signs, too.")
)
def secret(project: Project, name: Name, *, reason: Why = "", person: As = "", as_json: AsJson = False) -> None:
    from lienthong.cli import context, subscription_acts, webhook_acts

    act = subscription_acts.act(project, person, reason)
    webhook_acts.secret(context.console(), project, name, act=act, as_json=as_json)


@subscriptions.command("check", help=message("Send test events to a webhook, and show what came back."))
def check(
    project: Project,
    name: Name,
    *,
    conformance: Annotated[
        bool,
        typer.Option(
            "--conformance",
            help=message("Send the five things that every receiver must get right: twice, late, out of order …"),
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import context, webhook_acts

    webhook_acts.check(context.console(), project, name, conformance=conformance, as_json=as_json)
