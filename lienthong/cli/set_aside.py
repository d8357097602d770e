"""`lienthong queues unreadable | foreign`: the messages that were set aside, and what an operator does with them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from lienthong.cli import context
from lienthong.cli.output import print_json, print_text
from lienthong.data.harmless import harmless
from lienthong.errors import WrongUse
from lienthong.messages import format_number, message, message_n
from lienthong.operations.health_items import HealthItem
from lienthong.operations.message_health import advice, found
from lienthong.operations.set_aside import list_messages, open_set_aside, remove_messages, save_messages
from lienthong.ports import ASIDE_KINDS, AsideKind
from lienthong.runtime.project import Project


def show_counts(console: Console, counts: Mapping[AsideKind, int]) -> None:
    """A line for each kind of message that was set aside."""
    for kind, count in counts.items():
        if count:
            print_text(console, f"{found(kind, count)} → {advice(kind)}", "red")


def show_items(console: Console, items: Sequence[HealthItem]) -> None:
    """What the doctor finds of the ledger and its queues, a line each."""
    for item in items:
        print_text(console, f"{item.found} → {item.advice}", "red" if item.state == "fail" else "yellow")


def show_messages(
    console: Console, project: Project, kind: str, *, remove: Sequence[str], save: Path | None, as_json: bool
) -> int:
    """List the messages of a kind, or save or remove them. Exit code 1 while any are left."""
    if kind not in ASIDE_KINDS:
        names = ", ".join(f"`{name}`" for name in ASIDE_KINDS)
        text = message("there are no messages of the kind {kind}; the kinds are: {names}", kind=kind, names=names)
        raise WrongUse(text)
    aside = open_set_aside(project.endpoints.broker, project.data)
    if save is not None:
        count = save_messages(aside, kind, save)
        text = message_n(
            "{count} message is saved in {folder}.", "{count} messages are saved in {folder}.", count=count, folder=save
        )
        print_text(console, text)
    if remove:
        count = remove_messages(aside, kind, remove)
        print_text(console, message_n("{count} message is removed.", "{count} messages are removed.", count=count))
    listed = list_messages(aside, kind)
    if as_json:
        print_json([asdict(one) for one in listed])
    elif listed:
        table = Table()
        for heading in (message("Id"), message("Queue"), message("Set aside"), message("Bytes"), message("Why")):
            table.add_column(heading, overflow="fold")
        for one in listed:
            table.add_row(one.id, harmless(one.queue), one.at[:19], format_number(one.size), harmless(one.why))
        console.print(table)
    else:
        print_text(console, message("There are none."))
    return context.FAULT if listed else context.OK
