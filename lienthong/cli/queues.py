"""`lienthong queues`: what waits where, in events, and who serves it."""

from rich.console import Console
from rich.table import Table

from lienthong.adapters.clock import SystemClock
from lienthong.cli import context
from lienthong.cli.doctor import installation
from lienthong.cli.output import print_json, print_text
from lienthong.cli.set_aside import show_counts, show_items
from lienthong.cli.subscription_standings import show_standings
from lienthong.data.local_time import MINUTE, local_time
from lienthong.dead_letters.actor import Actor
from lienthong.messages import format_number, message, message_n
from lienthong.operations.message_health import examine_ledger
from lienthong.operations.queues import QueueOverview, StageLoad, broker_queues, overview, overview_json
from lienthong.operations.set_aside import counts_json, open_set_aside
from lienthong.operations.stage_sentences import stage_sentences
from lienthong.operations.subscription_standing import standing_json
from lienthong.runtime.brokers import on_rabbitmq
from lienthong.runtime.existing_storage import open_status_board
from lienthong.runtime.project import Project
from lienthong.runtime.subscriptions import read_standings
from lienthong.topology import route_queue, sink_queue


def show_queues(console: Console, project: Project, *, as_json: bool) -> int:
    """Show the queues.

    The exit code is 1 when a stage is not served or has halted, its target is down, or messages are set aside.
    """
    with open_status_board(project) as (board, ledger):
        endpoints = project.where_a_ledger_is().endpoints
        broker = broker_queues(endpoints.broker, project.readable_settings()) if on_rabbitmq(endpoints) else {}
        found = overview(ledger, broker, board, SystemClock().now())
    aside = open_set_aside(endpoints.broker, endpoints.data).counts()
    standings = read_standings(endpoints)
    items = list(examine_ledger(installation(project)))
    if as_json:
        subscribed = [standing_json(one, SystemClock().now()) for one in standings]
        print_json(overview_json(found) | {"set_aside": counts_json(aside), "subscriptions": subscribed})
    else:
        _show(console, found)
        show_standings(console, standings)
        show_counts(console, aside)
        show_items(console, items)
    is_restored = any(item.state == "fail" for item in items)
    return context.FAULT if found.is_faulty or is_restored or any(aside.values()) else context.OK


def resume_stage(console: Console, project: Project, stage: str, *, actor: Actor) -> int:
    """Ask every process that halted the stage to go on. The exit code is 1 when none has, or there is no such stage."""
    settings = project.readable_settings()
    stages = [*map(route_queue, settings.routes), *map(sink_queue, settings.sinks)]
    if stages and stage not in stages:
        context.fail(message("There is no stage {stage}; there are {stages}.", stage=stage, stages=", ".join(stages)))
    with open_status_board(project) as (board, _):
        asked = board.request_resume(stage, str(actor))
    if not asked:
        context.fail(message("The stage {stage} is not halted; see `lienthong queues`.", stage=stage))
    text = message_n(
        "{count} process will go on with {stage} within seconds.",
        "{count} processes will go on with {stage} within seconds.",
        count=asked,
        stage=stage,
    )
    print_text(console, text)
    return context.OK


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
        table.add_row(*_row(load), style="red" if load.is_faulty else "")
    console.print(table)
    for queue in found.set_aside:
        line = message_n("{name}: {count} bundle", "{name}: {count} bundles", count=queue.bundles, name=queue.name)
        print_text(console, f"  {line}")
    for load in found.stages:
        for sentence in stage_sentences(load):
            print_text(console, sentence, "red" if load.is_faulty else "")


def _row(load: StageLoad) -> tuple[str, ...]:
    status = load.status
    figures = (format_number(figure) for figure in (status.open_events, status.waiting, status.done_recently))
    consumers = "" if load.consumers is None else str(load.consumers)
    return (status.stage, *figures, consumers, local_time(status.oldest, MINUTE) if status.oldest else "")
