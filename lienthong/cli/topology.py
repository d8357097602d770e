"""`lienthong topology plan | apply`: what must exist on RabbitMQ, and what of it does."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from lienthong.cli.typer_app import App
from lienthong.messages import message
from lienthong.runtime.project import Project

if TYPE_CHECKING:
    from lienthong.adapters.rabbitmq.topology_plan import ObjectStatus

topology = App(help=message("The queues on RabbitMQ: what must exist, and what exists."))


@topology.command(
    help=message(
        "Show where RabbitMQ differs from the configuration; nothing is changed. "
        "The exit code is 1 when something is missing or different."
    )
)
def plan(project: Project) -> None:
    from lienthong.adapters.rabbitmq import topology_plan
    from lienthong.cli import context
    from lienthong.topology import make_topology

    found = topology_plan.plan(_broker_url(project), make_topology(project.settings()))
    _show(found)
    missing = sum(one.state == "missing" for one in found)
    if missing:
        typer.echo(
            message(
                "{missing} missing; `lienthong topology apply` creates them, or `lienthong run` when it starts.",
                missing=missing,
            )
        )
    raise typer.Exit(context.OK if all(one.state == "present" for one in found) else context.FAULT)


@topology.command(
    help=message(
        "Create what is missing on RabbitMQ; nothing is changed or deleted. "
        "The exit code is 1 when something differs from its declaration."
    )
)
def apply(project: Project) -> None:
    from lienthong.adapters.rabbitmq import topology_plan
    from lienthong.cli import context
    from lienthong.topology import make_topology

    found = topology_plan.apply(_broker_url(project), make_topology(project.settings()))
    _show(found)
    raise typer.Exit(context.FAULT if any(one.state == "different" for one in found) else context.OK)


def _broker_url(project: Project) -> str:
    from lienthong.cli import context
    from lienthong.runtime.brokers import on_rabbitmq

    if not on_rabbitmq(project.endpoints):
        text = message(
            "RabbitMQ is not chosen: set `LIENTHONG_BROKER=amqp://USER:PASSWORD@HOST:5672/VHOST`.",
        )
        context.fail(text, context.USAGE)
    return project.endpoints.broker


def _show(found: "Sequence[ObjectStatus]") -> None:
    from rich.table import Table
    from rich.text import Text

    from lienthong.cli import context

    states = {
        "present": message("present"),
        "missing": message("missing"),
        "different": message("different"),
        "created": message("created"),
    }
    colours = {"missing": "yellow", "different": "red", "created": "green"}
    kinds = {"exchange": message("exchange"), "queue": message("queue")}
    console, table = context.console(), Table()
    for heading in (message("Kind"), message("Name"), message("State"), message("Waiting")):
        table.add_column(heading, no_wrap=True)
    for one in found:
        ready = str(one.ready) if one.kind == "queue" else ""
        table.add_row(kinds[one.kind], one.name, Text(states[one.state], colours.get(one.state, "")), ready)
    console.print(table)
    different = [one for one in found if one.state == "different"]
    for one in different:
        console.print(f"{one.name}: {one.difference}", highlight=False, markup=False)
    if different:
        console.print(
            message(
                "Lienthong changes and deletes nothing on RabbitMQ. Let the old queue run empty, delete it with "
                "RabbitMQ's own tools, then run this again. If Lienthong itself changed the declaration, the new name "
                "has a new version number and stands beside the old one."
            )
        )
    console.print(
        message("AMQP does not show queues of routes that were removed; look for them with RabbitMQ's own tools.")
    )
