"""`lienthong lateness DOSSIER`: the moments of a case with their evidence, and whose doing it was that it is late."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from lienthong.cli.options import AsJson
from lienthong.errors import WrongUse
from lienthong.messages import format_number, message, message_n
from lienthong.runtime.project import Project

if TYPE_CHECKING:  # it would bring the database's library into every command
    from lienthong.ports.lateness import Evidence, MissingVersion, ProvenLateness


def lateness(
    project: Project,
    dossier: Annotated[
        str, typer.Argument(metavar=message("DOSSIER"), help=message("The code of a dossier, in either system."))
    ] = "",
    *,
    missing: Annotated[
        bool,
        typer.Option(
            "--missing", help=message("All dossiers of which one system does not get a version, longest first.")
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import context
    from lienthong.cli.output import print_json
    from lienthong.runtime.lateness import open_lateness

    if missing == bool(dossier):
        raise WrongUse(message("name one dossier, or write `--missing`"))
    with open_lateness(project) as prover:
        if missing:
            show_missing(context.console(), prover.missing(), as_json=as_json)
            return
        found = prover.lateness(dossier)
    if found is None:
        context.fail(message("Neither system has shown a dossier {code}.", code=dossier), 1)
    if as_json:
        print_json(lateness_json(found))
    else:
        print_lateness(context.console(), found)


def lateness_json(found: "ProvenLateness") -> dict[str, object]:
    """The same for programs. Moments are UTC."""
    lists = {"evidence": [_plain(one) for one in found.evidence], "missing": [_plain(one) for one in found.missing]}
    return {**dataclasses.asdict(found), **lists}


def show_missing(console: Console, found: "Sequence[MissingVersion]", *, as_json: bool) -> None:
    """The alarms that are open."""
    from lienthong.cli.output import print_json, print_text

    if as_json:
        print_json([_plain(one) for one in found])
        return
    for one in found:
        print_text(console, f"{one.key}: {_missing_text(one)}", wrap=False)
    text = message_n("{count} version is missing.", "{count} versions are missing.", count=len(found))
    print_text(console, text if found else message("No version is missing."), "bold")


def print_lateness(console: Console, found: "ProvenLateness") -> None:
    """The moments, the three stretches, and the verdict."""
    from lienthong.cli.output import print_text

    agency = found.agency_name or found.agency or message("(no agency)")
    print_text(console, f"{found.key}, {agency}", "bold", wrap=False)
    for one in found.evidence:
        _print_evidence(console, one)
    for missing in found.missing:
        style = "yellow" if missing.corrected_at is None else ""
        print_text(console, f"  {_missing_text(missing)}", style, wrap=False)
    for source, code in found.rivals:
        text = message(
            "{source} also has {code}, which claims to be the same; it is not joined.", source=source, code=code
        )
        print_text(console, f"  {text}", "yellow", wrap=False)
    for source, minutes in found.tolerances.items():
        text = message_n(
            "The clock of {source} may be wrong by {count} minute: only what is late all the same is called late.",
            "The clock of {source} may be wrong by {count} minutes: only what is late all the same is called late.",
            count=minutes,
            source=source,
        )
        print_text(console, f"  {text}")
    if found.verdict is None:
        print_text(console, message("There is no verdict before all four moments are known."))
        return
    text = message(
        "Working minutes: {inbound} until it arrived, {office} at the office, {outbound} until the portal showed it; "
        "{allowed} are allowed in all.",
        inbound=format_number(found.inbound_minutes or 0),
        office=format_number(found.office_minutes or 0),
        outbound=format_number(found.outbound_minutes or 0),
        allowed=format_number(found.allowed_minutes),
    )
    print_text(console, text)
    print_text(console, _verdicts()[found.verdict], "bold")


def _print_evidence(console: Console, one: "Evidence") -> None:
    from lienthong.cli.output import print_text
    from lienthong.data.local_time import local_time

    name = _milestones()[one.milestone]
    if one.at is None:
        print_text(
            console, "  " + message("{name}: not known yet ({source})", name=name, source=one.source), wrap=False
        )
        return
    text = message(
        "{name}: {moment}; {source}, field {field}, seen {seen}, event {event}",
        name=name,
        moment=local_time(one.at),
        source=one.source,
        field=one.field,
        seen=local_time(one.seen_at) if one.seen_at else "–",
        event=one.event,
    )
    print_text(console, f"  {text}", wrap=False)


def _missing_text(one: "MissingVersion") -> str:
    from lienthong.data.local_time import local_time

    values = {
        "name": _milestones()[one.milestone],
        "source": one.missing_in,
        "due": local_time(one.due_at),
        "event": one.event,
    }
    text = message("“{name}” is missing in {source} since {due}; event {event}", **values)
    if one.corrected_at is not None:
        text = message(
            "“{name}” was missing in {source} since {due}, until {until}; event {event}",
            until=local_time(one.corrected_at),
            **values,
        )
    if one.claimants:
        claimants = ", ".join(one.claimants)
        return message("{text}; all of these claim to be it: {claimants}", text=text, claimants=claimants)
    return text


def _plain(one: "Evidence | MissingVersion") -> dict[str, object]:
    from lienthong.envelope import format_instant

    values = dataclasses.asdict(one)
    moments = {name: value for name, value in values.items() if isinstance(value, datetime)}
    return values | {name: format_instant(moment) for name, moment in moments.items()}


def _milestones() -> Mapping[str, str]:
    return {
        "submitted": message("submitted"),
        "arrived": message("arrived at the office's system"),
        "accepted": message("accepted by the office"),
        "shown": message("first seen as accepted on the portal"),
    }


def _verdicts() -> Mapping[str, str]:
    return {
        "on_time": message("It is on time."),
        "office": message("It is late, and the office was the cause."),
        "inbound": message("It is late, and the cause was the synchronisation from the portal to the office."),
        "outbound": message("It is late, and the cause was the synchronisation from the office to the portal."),
    }
