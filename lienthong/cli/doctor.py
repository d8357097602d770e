"""`lienthong doctor`: one line for each thing that the bus stands on, and what to do where it is not well."""

from rich.console import Console
from rich.text import Text

from lienthong.cli import context
from lienthong.cli.output import print_text
from lienthong.cli.safe_console import plain
from lienthong.operations.health_items import HealthState, Installation
from lienthong.runtime.project import Project

MARKS: dict[HealthState, Text] = {
    "ok": Text("✓", "green"),
    "warn": Text("!", "yellow"),
    "fail": Text("✗", "red"),
}


def show_health(console: Console, project: Project) -> int:
    """Show what was found. The exit code is 1 when something must be done."""
    from lienthong.operations.health import examine_health  # `queues` needs `installation` alone, and starts sooner

    items = examine_health(installation(project))
    for item in items:
        line = Text.assemble(MARKS[item.state], " ", plain(item.topic, "bold"), ": ", plain(item.found))
        console.print(line, highlight=False)
        if item.advice:
            print_text(console, f"    → {item.advice}")
    return context.FAULT if any(item.state == "fail" for item in items) else context.OK


def installation(project: Project) -> Installation:
    """What is examined. Raises `BadVariable` when a server's URL cannot be read."""
    endpoints = project.where_a_ledger_is().endpoints
    return Installation(
        project.folder,
        project.variables,
        endpoints.data,
        broker=endpoints.broker,
        database=endpoints.database,
        files=endpoints.files,
    )
