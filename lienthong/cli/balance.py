"""`lienthong balance`: where every received event is now. The summary of `lienthong run` is made of it too."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from lienthong.adapters.clock import SystemClock
from lienthong.cli import context
from lienthong.cli.output import print_json, print_text
from lienthong.cli.subscription_standings import show_standings
from lienthong.ledger.records import Account, Balance
from lienthong.messages import Message, format_number, message, message_n
from lienthong.operations.balance import account_json, balance_json, balance_total, current_balance
from lienthong.operations.subscription_standing import standing_json
from lienthong.runtime.existing_storage import open_ledger
from lienthong.runtime.project import Project
from lienthong.runtime.subscriptions import read_standings


def show_balance(console: Console, project: Project, *, as_json: bool) -> int:
    """Show the balance. The exit code is 1 when it does not add up."""
    with open_ledger(project) as ledger:
        balance = current_balance(ledger)
    standings = read_standings(project.where_a_ledger_is().endpoints)
    if as_json:
        subscribed = [standing_json(one, SystemClock().now()) for one in standings]
        print_json(balance_json(balance) | {"subscriptions": subscribed})
    else:
        print_balance(console, balance)
        show_standings(console, standings)
    is_faulty = balance.faults or any(one.difference for one in standings)
    return context.FAULT if is_faulty else context.OK


def print_balance(console: Console, balance: Balance) -> None:
    """Sources, then stages; then every fault in a sentence."""
    console.print(_accounts(message("By source (events)"), message("Source"), balance.sources.items()))
    console.print(_accounts(message("By stage (turns)"), message("Stage"), balance.stages.items()))
    for fault in balance.faults:
        print_text(console, message("Difference: {fault}", fault=fault), "red")
    if not balance.faults:
        print_text(console, message("The ledger is balanced: every event that was received has its place."))


def _accounts(title: Message, first: Message, accounts: Iterable[tuple[str, Account]]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(first, no_wrap=True)
    for heading in (
        message("Received"),
        message("Delivered"),
        message("Dropped"),
        message("Dead"),
        message("Waiting"),
        message("Difference"),
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, account in accounts:
        figures = (format_number(figure) for figure in account_json(account).values())
        table.add_row(name, *figures, style="red" if account.difference else "")
    return table


def print_summary(console: Console, balance: Balance, written: Sequence[Path] = (), folder: Path | None = None) -> None:
    """After a run: what was received, what became of it, whether it adds up, and which reports are in `folder`."""
    print_balance(console, balance)
    total = balance_total(balance)
    print_text(
        console,
        message_n(
            "{count} event received: {delivered} delivered, {dropped} dropped, {dead} dead, {waiting} in progress; "
            "difference {difference}.",
            "{count} events received: {delivered} delivered, {dropped} dropped, {dead} dead, {waiting} in progress; "
            "difference {difference}.",
            count=total.received,
            delivered=format_number(total.delivered),
            dropped=format_number(total.dropped),
            dead=format_number(total.dead),
            waiting=format_number(total.in_flight),
            difference=format_number(total.difference),
        ),
    )
    if written and folder is not None:
        print_text(console, message("The reports are in {folder}:", folder=folder))
        for path in written:
            print_text(console, f"  {path.name}")
