"""`lienthong reports draft | approve | send | …`: what they do and show."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict

from rich.console import Console

from lienthong.cli import context
from lienthong.cli.output import print_json, print_text
from lienthong.dead_letters.actor import Actor
from lienthong.errors import Rejected
from lienthong.messages import Message, message, message_n
from lienthong.ports.reports import SendingOutcome, Sent
from lienthong.runtime.acts import Acting
from lienthong.runtime.editions import OpenEditions, open_editions
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


def send(console: Console, project: Project, edition: str, *, actor: Actor, reason: str, as_json: bool) -> int:
    """Send, and tell what did not leave. The exit code is 1 when something failed or is in doubt."""
    results: list[Sent] = []
    with open_keeper(project) as editions:
        editions.send(edition, Acting(actor, reason), results.append)
        state = (editions.keeper.edition(edition) or {}).get("state")
    if as_json:
        print_json({"id": edition, "state": state, "messages": [asdict(one) for one in results]})
    else:
        _print_results(console, results)
        print_text(console, message("{edition}: {state}", edition=edition, state=state))
    return context.FAULT if any(one.state in ("failed", "in_doubt") for one in results) else context.OK


def resolve(
    console: Console,
    project: Project,
    edition: str,
    recipient: str,
    outcome: SendingOutcome,
    *,
    actor: Actor,
    reason: str,
) -> None:
    """End a doubt."""
    with open_keeper(project) as editions:
        act = editions.resolve(edition, recipient, outcome, Acting(actor, reason))
    print_text(console, _messages_noted(int(act.facts["messages"])))


def receive(console: Console, project: Project, edition: str, recipient: str, *, actor: Actor, reason: str) -> None:
    """Note that it was received."""
    with open_keeper(project) as editions:
        act = editions.receive(edition, recipient, Acting(actor, reason))
    print_text(console, _messages_noted(int(act.facts["messages"])))


def _print_results(console: Console, results: Sequence[Sent]) -> None:
    sent = sum(one.state == "sent" for one in results)
    print_text(console, message_n("{count} message was sent.", "{count} messages were sent.", count=sent))
    missing = [one.unit for one in results if one.state == "no_address"]
    if missing:
        text = message("No e-mail address is known of: {units}. They got no letter.", units=", ".join(missing))
        print_text(console, text, "yellow")
    for one in results:
        if one.state in ("failed", "in_doubt"):
            print_text(console, f"{one.state:<9}  {one.unit} {one.recipient}  {one.why}", "yellow", wrap=False)


def _messages_noted(count: int) -> Message:
    return message_n("Recorded for {count} message.", "Recorded for {count} messages.", count=count)


@contextmanager
def open_keeper(project: Project) -> Iterator[OpenEditions]:
    """The editions. What cannot be done with one ends the command with its sentence."""
    with open_editions(project) as editions:
        try:
            yield editions
        except Rejected as refused:
            code = context.USAGE if refused.field in ("period", "report", "edition") else context.FAULT
            context.fail(refused.why, code)
