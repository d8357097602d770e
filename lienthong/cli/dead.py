"""The commands of `lienthong dead`. Heavy rooms are imported inside, so that `--help` answers at once."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from lienthong.cli.options import As, AsJson, Limit, Since
from lienthong.cli.typer_app import App
from lienthong.messages import message
from lienthong.runtime.project import Project

dead = App(help=message("Dead letters: the events that cannot go on."))

Number = Annotated[int, typer.Argument(metavar=message("NUMBER"), help=message("The number of the letter."))]
Numbers = Annotated[
    list[int] | None, typer.Argument(metavar=message("NUMBER"), help=message("The numbers of the letters."))
]
GroupId = Annotated[
    str,
    typer.Option(
        "--group", metavar=message("GROUP"), help=message("The code of a group, see `lienthong dead groups`.")
    ),
]
Stage = Annotated[
    str,
    typer.Option(
        "--stage", metavar=message("STAGE"), help=message("Only letters at this stage, for example `sink.data-store`.")
    ),
]
Source = Annotated[
    str, typer.Option("--source", metavar=message("SOURCE"), help=message("Only letters from this source."))
]
State = Annotated[
    Literal["parked", "replayed", "discarded", "all"],
    typer.Option("--state", help=message("Letters that are parked, replayed, discarded, or all of them.")),
]
Reason = Annotated[
    str, typer.Option("--reason", metavar=message("TEXT"), help=message("Why; it is written to the ledger."))
]


@dead.command("groups", help=message("Letters by cause: how many, since when, at which stage, and who answers for it."))
def groups(
    project: Project,
    *,
    stage: Stage = "",
    source: Source = "",
    state: State = "parked",
    since: Since = "",
    limit: Limit = None,
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import context, letters

    wanted = letters.letter_filter(state, stage, source, since=since)
    letters.show_groups(context.console(), project, wanted, limit=limit, as_json=as_json)


@dead.command("list", help=message("The letters by number, page by page."))
def list_letters(
    project: Project,
    *,
    group: GroupId = "",
    stage: Stage = "",
    source: Source = "",
    state: State = "parked",
    since: Since = "",
    after: Annotated[
        int,
        typer.Option(
            "--after",
            min=0,
            metavar=message("NUMBER"),
            help=message("Only letters with a higher number: the next page."),
        ),
    ] = 0,
    limit: Limit = None,
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import context, letters

    wanted = letters.letter_filter(state, stage, source, group=group, since=since, after=after)
    letters.show_list(context.console(), project, wanted, limit=limit, as_json=as_json)


@dead.command(
    "show",
    help=message("One letter: its data with personal data masked, its attempts, and what was done with it."),
)
def show(project: Project, number: Number, *, as_json: AsJson = False) -> None:
    from lienthong.cli import context, letters

    letters.show_letter(context.console(), project, number, as_json=as_json)


@dead.command(
    "edit",
    help=message(
        "Propose an edit of a letter. Nothing is applied yet: another person must approve it with `dead approve`."
    ),
)
def edit(
    project: Project,
    number: Number,
    *,
    reason: Reason,
    values: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar=message("PATH=VALUE"),
            help=message("A new value: JSON, or else text; may be repeated."),
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar=message("FILE"), help=message("The new data; what is masked in it stays.")),
    ] = None,
    person: As = "",
    anyway: Annotated[
        bool, typer.Option("--anyway", help=message("Propose it although the stage still rejects the edit."))
    ] = False,
) -> None:
    from lienthong.cli import context, editing

    edited = editing.EditRequest(number, reason, tuple(values or ()), file, anyway=anyway)
    actor = context.acting_person(project, person)
    raise typer.Exit(editing.propose(context.console(), project, edited, actor=actor))


@dead.command(
    "approve", help=message("Approve an edit that another person proposed; the next replay sends the edited letter.")
)
def approve(project: Project, number: Number, *, person: As = "") -> None:
    from lienthong.cli import context, editing

    actor = context.acting_person(project, person)
    raise typer.Exit(editing.approve(context.console(), project, number, actor=actor))


@dead.command("refuse", help=message("Refuse, or take back, an edit that waits for approval."))
def refuse(project: Project, number: Number, *, reason: Reason, person: As = "") -> None:
    from lienthong.cli import context, editing

    actor = context.acting_person(project, person)
    raise typer.Exit(editing.refuse(context.console(), project, number, actor=actor, reason=reason))


@dead.command(
    "replay",
    help=message("Replay letters from the stage where they died, as a frozen set. A second call does nothing."),
)
def replay(
    project: Project,
    numbers: Numbers = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help=message("Every parked letter."))] = False,
    group: GroupId = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=message("Only show what would be sent and what the routes would do."))
    ] = False,
    expect: Annotated[
        str,
        typer.Option(
            metavar=message("HASH"),
            help=message("The hash of the set that was seen; if it has changed, nothing is sent."),
        ),
    ] = "",
    canary: Annotated[
        int,
        typer.Option(
            min=0,
            metavar=message("NUMBER"),
            help=message("Send this many letters first, and the rest only if none of them dies."),
        ),
    ] = 0,
    rate: Annotated[
        str, typer.Option(metavar=message("RATE"), help=message("The speed, for example 50/s, 30/m."))
    ] = "",
    stop_on: Annotated[
        int,
        typer.Option(
            "--stop-on", min=0, metavar=message("NUMBER"), help=message("Stop when this many letters have died again.")
        ),
    ] = 0,
    yes_repeat: Annotated[
        bool, typer.Option("--yes-repeat", help=message("Deliver again where the sink states `replay: ask`."))
    ] = False,
    person: As = "",
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import context, replaying
    from lienthong.runtime.replaying import ReplayOrder

    if [bool(numbers), everything, bool(group)].count(True) != 1:
        text = message("Give numbers of letters, or `--all`, or `--group GROUP`: exactly one of the three.")
        context.fail(text, context.USAGE)
    request = replaying.ReplayRequest(tuple(numbers or ()), group, expect, yes_repeat=yes_repeat)
    order = ReplayOrder(canary, stop_on, replaying.letters_per_second(rate))
    if dry_run:
        raise typer.Exit(replaying.show_dry_run(context.console(), project, request, as_json=as_json))
    actor = context.acting_person(project, person)
    raise typer.Exit(replaying.replay(context.console(), project, request, order, actor=actor, as_json=as_json))


@dead.command("discard", help=message("Give these letters up for good, with a reason."))
def discard(project: Project, numbers: Numbers = None, *, reason: Reason, group: GroupId = "", person: As = "") -> None:
    from lienthong.cli import context, letters

    if bool(numbers) == bool(group):
        context.fail(message("Give numbers of letters, or `--group GROUP`: exactly one of the two."), context.USAGE)
    actor = context.acting_person(project, person)
    raise typer.Exit(
        letters.discard(context.console(), project, numbers or (), group=group, actor=actor, reason=reason)
    )
