"""`lienthong adopt`: after the database was restored, take over what the ledger lacks; shown first, then done."""

import threading
from collections.abc import Sequence

from rich.console import Console

from lienthong.cli import context
from lienthong.cli.output import print_text
from lienthong.maintenance.adoption import Adoption
from lienthong.messages import Message, message, message_n
from lienthong.runtime.adopting import open_adopter
from lienthong.runtime.existing_storage import require_ledger
from lienthong.runtime.project import Project


def adopt(console: Console, project: Project, *, apply: bool, accept: Sequence[str], named: str) -> int:
    """Show what would be adopted, or adopt it. Exit code 1 while something is left to adopt.

    Raises `NoLedger` where no ledger is: adopting makes none.
    """
    who = str(context.acting_person(project, named))
    with open_adopter(project.settings(), require_ledger(project), accept=accept, who=who) as adopter:
        found = adopter.adopt(threading.Event()) if apply else adopter.examine()
    for line in _lines(found, done=apply):
        print_text(console, line)
    if apply:
        return context.FAULT if found.later else context.OK
    is_needed = bool(found.messages or found.republished or found.was_restored)
    if is_needed:
        print_text(console, message("Nothing was changed; `lienthong adopt --yes` does it."))
    return context.FAULT if is_needed else context.OK


def _lines(found: Adoption, *, done: bool) -> list[Message]:
    lines = []
    if found.was_restored:
        lines.append(message("The database was restored to an older state."))
    lines += [
        message_n(
            "{count} held message belongs to this ledger.",
            "{count} held messages belong to this ledger.",
            count=found.messages,
        ),
        _events(found, done=done),
        _again(found, done=done),
    ]
    if found.later:
        lines.append(
            message_n(
                "{count} event is not in its message as it was received; the message stays until the source shows the "
                "event again. Repeat this command then.",
                "{count} events are not in their messages as they were received; the messages stay until the sources "
                "show the events again. Repeat this command then.",
                count=found.later,
            )
        )
    lines += [
        message_n(
            "{count} held message is of the ledger {ledger} and stays; `--from {ledger}` takes it over, too.",
            "{count} held messages are of the ledger {ledger} and stay; `--from {ledger}` takes them over, too.",
            count=count,
            ledger=ledger,
        )
        for ledger, count in sorted(found.foreign.items())
    ]
    return lines


def _events(found: Adoption, *, done: bool) -> Message:
    if done:
        return message_n(
            "{count} event that this ledger lacked was received.",
            "{count} events that this ledger lacked were received.",
            count=found.received,
        )
    return message_n(
        "{count} event that this ledger lacks would be received.",
        "{count} events that this ledger lacks would be received.",
        count=found.received,
    )


def _again(found: Adoption, *, done: bool) -> Message:
    if done:
        return message_n(
            "{count} open event was handed to its stage again.",
            "{count} open events were handed to their stages again.",
            count=found.republished,
        )
    return message_n(
        "{count} open event would be handed to its stage again. What was delivered in the time that the ledger lost is "
        "delivered again; targets recognise it by its id.",
        "{count} open events would be handed to their stages again. What was delivered in the time that the ledger "
        "lost is delivered again; targets recognise it by its id.",
        count=found.republished,
    )
