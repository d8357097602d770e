"""`lienthong queues`: what waits where, in events, and who serves it."""

from rich.console import Console
from rich.table import Table

from lienthong.cli import context
from lienthong.cli.output import MINUTE, local_time, print_json, print_text
from lienthong.cli.set_aside import show_counts
from lienthong.messages import format_number, message, message_n
from lienthong.operations.queues import QueueOverview, StageLoad, broker_queues, overview, overview_json
from lienthong.operations.set_aside import counts_json, open_set_aside
from lienthong.runtime.composition import on_rabbitmq
from lienthong.runtime.existing_storage import open_ledger
from lienthong.runtime.project import Project


def show_queues(console: Console, project: Project, *, as_json: bool) -> int:
    """Show the queues. The exit code is 1 when work waits where no process serves, or messages are set aside."""
    with open_ledger(project) as ledger:
        endpoints = project.endpoints
        broker = broker_queues(endpoints.broker, project.settings()) if on_rabbitmq(endpoints) else {}
        found = overview(ledger, broker)
    aside = open_set_aside(endpoints.broker, endpoints.data).counts()
    if as_json:
        print_json(overview_json(found) | {"set_aside": counts_json(aside)})
        return context.FAULT if any(aside.values()) else context.OK
    _show(console, found)
    show_counts(console, aside)
    return context.FAULT if found.unserved or any(aside.values()) else context.OK


def _show(console: Console, found: QueueOverview) -> None:
    """The stages, then the delays and quarantines that hold anything."""
    table = Table(title=message("Stages (events)"), title_justify="left")
    table.add_column(message("Stage"), no_wrap=True)
    for heading in (
        message("Not finished"),
        message("To be retried"),
        message("Done in 5 minutes"),
        message("Processes"),
        message("Oldest"),
    ):
        table.add_column(heading, justify="right")
    for load in found.stages:
        table.add_row(*_row(load), style="red" if load.is_unserved else "")
    console.print(table)
    for queue in found.set_aside:
        line = message_n("{name}: {count} bundle", "{name}: {count} bundles", count=queue.bundles, name=queue.name)
        print_text(console, f"  {line}")
    for stage in found.unserved:
        text = message("No process serves {stage}: run `lienthong run` (or `--only` with its role).", stage=stage)
        print_text(console, text, "red")


def _row(load: StageLoad) -> tuple[str, ...]:
    status = load.status
    figures = (format_number(figure) for figure in (status.open_events, status.waiting, status.done_recently))
    consumers = "" if load.consumers is None else str(load.consumers)
    return (status.stage, *figures, consumers, local_time(status.oldest, MINUTE) if status.oldest else "")
