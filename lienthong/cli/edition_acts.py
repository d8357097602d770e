"""`lienthong reports draft | approve | send | …`: what they do and show."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from lienthong.cli import context
from lienthong.cli.output import print_json, print_text
from lienthong.dead_letters.actor import Actor
from lienthong.errors import Rejected
from lienthong.messages import message
from lienthong.runtime.editions import Acting, OpenEditions, open_editions
from lienthong.runtime.project import Project


def draft(
    console: Console, project: Project, name: str, period: str, *, actor: Actor, reason: str, as_json: bool
) -> None:
    """Draft a report by hand, and name its edition. Nothing is drafted where the figures are the same."""
    with open_keeper(project) as editions:
        act = editions.draft(name, period, Acting(actor, reason))
    if as_json:
        print_json({"id": None if act is None else act.edition, **({} if act is None else act.facts)})
    elif act is None:
        print_text(console, message("The figures have not changed since the newest edition: nothing was drafted."))
    else:
        print_text(console, message("Drafted {edition}, {digest}.", edition=act.edition, digest=act.facts["digest"]))


def approve(
    console: Console, project: Project, edition: str, *, actor: Actor, reason: str, number: str, as_json: bool
) -> None:
    """Approve a draft."""
    with open_keeper(project) as editions:
        act = editions.approve(edition, Acting(actor, reason), number=number)
    if as_json:
        print_json({"id": act.edition, **act.facts})
    elif act.facts["complete"]:
        print_text(
            console, message("{edition} is approved; `lienthong reports send {edition}` sends it.", edition=edition)
        )
    else:
        print_text(console, message("Recorded; {edition} also needs the approval of another person.", edition=edition))


@contextmanager
def open_keeper(project: Project) -> Iterator[OpenEditions]:
    """The editions. What cannot be done with one ends the command with its sentence."""
    with open_editions(project) as editions:
        try:
            yield editions
        except Rejected as refused:
            code = context.USAGE if refused.field in ("period", "report", "edition") else context.FAULT
            context.fail(refused.why, code)
