"""`lienthong dead groups | list | show | discard`: the events that cannot go on."""

from collections.abc import Sequence

from rich.console import Console

from lienthong.adapters.clock import SystemClock
from lienthong.cli import context
from lienthong.cli.letter_list import PAGE, print_groups, print_list, write_list_json
from lienthong.cli.letter_page import print_letter
from lienthong.cli.output import print_json, print_text
from lienthong.dead_letters.actor import Actor
from lienthong.dead_letters.model import LetterFilter
from lienthong.messages import message, message_n
from lienthong.operations import letters as operations
from lienthong.operations.moments import parse_since
from lienthong.runtime.existing_storage import open_letter_store
from lienthong.runtime.project import Project


def letter_filter(
    state: str, stage: str = "", source: str = "", *, group: str = "", since: str = "", after: int = 0
) -> LetterFilter:
    """The filter that the options of a command describe. Raises `WrongUse` for a time that cannot be read."""
    return LetterFilter(
        None if state == "all" else state,  # type: ignore[arg-type]  # the command line takes these words only
        stage,
        source,
        group,
        since=parse_since(since, SystemClock().now()),
        after=after,
    )


def show_groups(console: Console, project: Project, wanted: LetterFilter, *, limit: int | None, as_json: bool) -> None:
    """One row for each cause, the most frequent first."""
    with open_letter_store(project) as letter_store:
        groups = operations.groups(letter_store, wanted, project.readable_settings())
    if as_json:
        print_json([operations.group_json(group) for group in groups[: limit or None]])
    else:
        print_groups(console, groups, PAGE if limit is None else limit)


def show_list(console: Console, project: Project, wanted: LetterFilter, *, limit: int | None, as_json: bool) -> None:
    """A page of letters, by number, written as they are read: a hundred thousand need no more memory than one.

    Without a limit a person gets the first page, a program everything.
    """
    with open_letter_store(project) as letter_store:
        found = operations.letters(letter_store, wanted, project.readable_settings())
        if as_json:
            write_list_json(found, limit or 0)
        else:
            print_list(console, found, PAGE if limit is None else limit)


def show_letter(console: Console, project: Project, number: int, *, as_json: bool) -> None:
    """Everything about one letter. All of its text is hidden when it is not known which keys hold personal data."""
    with open_letter_store(project) as letter_store:
        details = operations.letter_details(letter_store, number, project.readable_settings())
    if details is None:
        context.fail(message("There is no dead letter number {number}.", number=number))
    if as_json:
        print_json(operations.details_json(details))
    else:
        print_letter(console, details)


def discard(
    console: Console, project: Project, numbers: Sequence[int], *, group: str, actor: Actor, reason: str
) -> int:
    """Give letters up for good. The exit code is 1 when one of the numbers does not exist."""
    project.use_ledger_language()
    with open_letter_store(project) as letter_store:
        if group:
            result = operations.discard_group(letter_store, group, actor=actor, reason=reason)
        else:
            result = operations.discard_letters(letter_store, numbers, actor=actor, reason=reason)
    for number in result.missing:
        print_text(console, message("There is no dead letter number {number}.", number=number))
    for number in result.earlier:
        print_text(console, message("Letter {number} was dealt with before; nothing was done.", number=number))
    count = len(result.discarded)
    print_text(console, message_n("{count} letter was discarded.", "{count} letters were discarded.", count=count))
    return context.FAULT if result.missing else context.OK
