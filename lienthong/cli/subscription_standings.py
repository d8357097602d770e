"""How subscriptions stand: a table, and a sentence for each that needs an operator. Other commands show it as well."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from lienthong.cli.output import print_text
from lienthong.cli.safe_console import plain
from lienthong.data.local_time import MINUTE, local_time
from lienthong.messages import Message, format_number, message
from lienthong.operations.subscription_standing import Standing


def show_standings(console: Console, found: Sequence[Standing]) -> None:
    """A table of all, and what a person has to know beyond it; nothing where there is none."""
    if found:
        console.print(table(found))
        for line in sentences(found):
            print_text(console, line, "red")


def table(found: Sequence[Standing]) -> Table:
    """The subscriptions, in events."""
    shown = Table(title=message("Subscriptions (events)"), title_justify="left")
    for heading in (message("Subscription"), message("To"), message("State")):
        shown.add_column(heading)
    figures = (message("Announced"), message("Delivered"), message("Filtered"), message("Waiting"), message("Dead"))
    for heading in (*figures, message("Dropped"), message("Difference"), message("Oldest")):
        shown.add_column(heading, justify="right")
    for one in found:
        shown.add_row(*map(plain, _row(one)), style="red" if one.difference or one.subscription.trouble.since else "")
    return shown


def sentences(found: Sequence[Standing]) -> Iterator[Message]:
    """What a person has to know of a subscription beyond the table."""
    for one in found:
        trouble, name = one.subscription.trouble, one.subscription.name
        if trouble.since is not None:
            yield message(
                "{name}: deliveries fail since {since}: {why}.",
                name=name,
                since=local_time(trouble.since, MINUTE),
                why=trouble.why.rstrip("."),
            )


def _row(one: Standing) -> tuple[str, ...]:
    subscription, counts = one.subscription, one.subscription.counts
    figures = (one.announced, counts.delivered, counts.filtered, one.waiting.events, counts.dead, counts.dropped)
    oldest = local_time(one.waiting.oldest, MINUTE) if one.waiting.oldest else ""
    names = (subscription.name, subscription.url or subscription.channel, subscription.state)
    return (*names, *map(format_number, (*figures, one.difference)), oldest)
