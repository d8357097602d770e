"""The commands. Heavy rooms are imported inside, so that `--help` answers at once.

A command takes the open project as its first parameter; `App` adds `--project` and `--data` to it.
"""

from pathlib import Path
from typing import Annotated

import typer

from lienthong import __version__
from lienthong.cli import (
    backup_commands,
    calendar_command,
    contract_commands,
    history_command,
    lateness,
    report_command,
    watching_commands,
)
from lienthong.cli.archive import archive
from lienthong.cli.groups import GROUPS
from lienthong.cli.options import As, AsJson, Everything, Limit, Since
from lienthong.cli.run_command import run
from lienthong.cli.sandbox_command import sandbox
from lienthong.cli.serving import serve
from lienthong.cli.typer_app import App
from lienthong.messages import message
from lienthong.runtime.project import Project

app = App(
    name="lienthong",
    help=message(
        "The integration bus: it receives events, understands them, passes them on, and proves where each of them went."
    ),
)
for _name, _group in GROUPS.items():
    app.add_typer(_group, name=_name)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"lienthong {__version__}")
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help=message("Show the version."))
    ] = False,
) -> None:
    """Options of the program itself."""


@app.command(help=message("Make a new project in an empty folder; it runs at once, without any server."))
def init(
    folder: Annotated[Path, typer.Argument(metavar=message("DIR"), help=message("The folder of the new project."))],
) -> None:
    from lienthong.cli import new_project

    new_project.init(folder)


@app.command(
    logs=False, help=message("Check routes and configuration: each fault with its place, a code and what to write.")
)
def check(project: Project, *, as_json: AsJson = False) -> None:
    from lienthong.cli import checking, context

    raise typer.Exit(checking.check(context.console(), project, as_json=as_json))


@app.command(logs=False, help=message("Run the cases that stand beside the routes (`NAME.cases.yaml`)."))
def test(project: Project, *, as_json: AsJson = False) -> None:
    from lienthong.cli import checking, context

    raise typer.Exit(checking.test(context.console(), project, as_json=as_json))


@app.command(
    logs=False,
    help=message("Explain what happens to an event of a route, sink or source, or what a code of `check` means."),
)
def explain(
    project: Project,
    name: Annotated[
        str,
        typer.Argument(
            metavar=message("NAME"),
            help=message("The name of a route, sink or source, or a code of `check` such as LT301."),
        ),
    ],
) -> None:
    from lienthong.cli import checking, context

    raise typer.Exit(checking.explain(context.console(), project, name))


app.command(
    logs=False, help=message("Write JSON Schemas of the configuration files, so that editors complete and check them.")
)(contract_commands.schema)
app.command(
    logs=False,
    help=message("What is announced to subscribers, as an AsyncAPI 3 document: channels, events, schemas, examples."),
)(contract_commands.asyncapi)
app.command(help=message("Run the bus: receive events from the sources, process them, pass them on."), serves=True)(run)


app.command(help=message("Serve the HTTP interface: questions, health, figures."), serves=True)(serve)


@app.command(help=message("Create or upgrade the tables of the ledger and of the project in the database."))
def migrate(project: Project) -> None:
    from lienthong.cli import context, migration

    migration.migrate(project, context.console())


app.command(help=message("Start the project's stand-ins for the outside systems; they print where they listen."))(
    sandbox
)


@app.command(help=message("The trail: everything that happened to one dossier or one event."))
def trail(
    project: Project,
    key: Annotated[
        str, typer.Argument(metavar=message("KEY"), help=message("The code of a dossier, or the id of an event."))
    ],
    *,
    since: Since = "",
    limit: Limit = None,
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import context
    from lienthong.cli.trail import show_trail

    raise typer.Exit(show_trail(context.console(), project, key, since=since, limit=limit, as_json=as_json))


@app.command(help=message("The balance: where each received event is now; any difference is an alarm."))
def balance(project: Project, *, as_json: AsJson = False) -> None:
    from lienthong.cli import context
    from lienthong.cli.balance import show_balance

    raise typer.Exit(show_balance(context.console(), project, as_json=as_json))


app.command(logs=False, help=message("The calendar: the days and hours that an agency works in a month, and why."))(
    calendar_command.calendar
)
app.command(
    help=message("The queues: how many events each stage has left, since when, how fast it is, and who serves it.")
)(watching_commands.queues)
app.command(help=message("The sources: how each of them is, what it read last and in total, and what is wrong."))(
    watching_commands.sources
)
app.command(help=message("Let a stage that halted go on, without a restart."))(watching_commands.resume)


@app.command(
    help=message("After the database was restored: show what the ledger lacks, and with `--yes` take it over, once.")
)
def adopt(
    project: Project,
    *,
    yes: Annotated[bool, typer.Option("--yes", help=message("Do it; without this option it is only shown."))] = False,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar=message("LEDGER"),
            help=message("Also take over held messages of this ledger, whose database is lost; may be repeated."),
        ),
    ] = None,
    named: As = "",
) -> None:
    from lienthong.cli import adopt, context

    raise typer.Exit(adopt.adopt(context.console(), project, apply=yes, accept=accept or (), named=named))


app.command(help=message("Back up the ledger into one file, while the bus goes on."))(backup_commands.backup)
app.command(help=message("Restore a backup where there is no ledger yet."))(backup_commands.restore)
app.command(help=message("Whose doing it is that a dossier is late, with the evidence."))(lateness.lateness)
app.command(help=message("Write one package of a dossier: documents, verdicts, trail and digests."))(archive)


@app.command(help=message("Verify the ledger: no entry was changed, deleted, added or moved."))
def verify(
    project: Project,
    *,
    as_json: AsJson = False,
    seen: Annotated[
        list[str] | None,
        typer.Option(
            "--seen",
            metavar=message("HASH"),
            help=message("The head of a chain as it was noted on an earlier day; may be repeated."),
        ),
    ] = None,
    everything: Everything = False,
) -> None:
    from lienthong.cli import context
    from lienthong.cli.verifying import show_verification

    raise typer.Exit(show_verification(context.console(), project, seen or (), everything=everything, as_json=as_json))


app.command(help=message("Make a report from the data store: JSON, XLSX, PDF, HTML."))(report_command.report)
app.command(
    "replay-history",
    help=message(
        "Send stored events through the routes of today into the data store, without notices; shows first what changes."
    ),
)(history_command.replay_history)


@app.command(
    help=message(
        "Examine the machine, the configuration and the servers; each line shows what to do if it is not well."
    )
)
def doctor(project: Project) -> None:
    from lienthong.cli import context
    from lienthong.cli.doctor import show_health

    raise typer.Exit(show_health(context.console(), project))
