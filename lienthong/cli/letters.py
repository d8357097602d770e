"""`lienthong dead groups | list | show | discard`: the events that cannot go on."""

import json
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from lienthong.cli import context
from lienthong.cli.letter_page import print_letter, with_field
from lienthong.cli.output import local_time, print_json, print_text
from lienthong.dead_letters.actor import Actor
from lienthong.dead_letters.model import LetterFilter, LetterSummary
from lienthong.messages import format_number, message, message_n
from lienthong.operations import letters as operations
from lienthong.operations.labels import state_label
from lienthong.operations.letters import OwnedGroup
from lienthong.runtime.existing_storage import open_letter_store
from lienthong.runtime.project import Project

MINUTE_OF_YEAR = "%d/%m %H:%M"


def letter_filter(state: str, stage: str = "", source: str = "", group: str = "") -> LetterFilter:
    """The filter that the options of a command describe."""
    return LetterFilter(None if state == "all" else state, stage, source, group)  # type: ignore[arg-type]  # the command line takes these words only


def show_groups(console: Console, project: Project, wanted: LetterFilter, *, as_json: bool) -> None:
    """One row for each cause, the most frequent first."""
    with open_letter_store(project) as letter_store:
        groups = operations.groups(letter_store, wanted, project.readable_settings())
    if as_json:
        print_json([operations.group_json(group) for group in groups])
    else:
        _print_groups(console, groups)


def _print_groups(console: Console, groups: Sequence[OwnedGroup]) -> None:
    letters = message_n(
        "{count} dead letter", "{count} dead letters", count=sum(group.letters.count for group in groups)
    )
    causes = message_n("{count} cause", "{count} causes", count=len(groups))
    table = Table(title=f"{letters}, {causes}", title_justify="left")
    for heading in (message("Group"), message("Letters"), message("From"), message("To"), message("Stage")):
        table.add_column(heading, no_wrap=True)
    for heading in (message("Answers for it"), message("Cause")):
        table.add_column(heading)
    for group in groups:
        cause = group.letters.cause
        span = (local_time(instant, MINUTE_OF_YEAR) for instant in (group.letters.first, group.letters.last))
        row = (cause.id, format_number(group.letters.count), *span, cause.stage, group.owner)
        table.add_row(*map(_plain, (*row, with_field(cause.field, group.reason))))
    console.print(table)


def show_list(console: Console, project: Project, wanted: LetterFilter, *, as_json: bool) -> None:
    """One line for each letter, written as they are read: a hundred thousand need no more memory than one."""
    with open_letter_store(project) as letter_store:
        found = operations.letters(letter_store, wanted)
        if as_json:
            _print_list_json(found)
        else:
            _print_list(console, found)


def _print_list_json(letters: Iterable[LetterSummary]) -> None:
    separator = "["
    for letter in letters:
        sys.stdout.write(f"{separator}\n {json.dumps(operations.letter_json(letter), ensure_ascii=False)}")
        separator = ","
    sys.stdout.write("\n]\n" if separator == "," else "[]\n")


def _print_list(console: Console, letters: Iterable[LetterSummary]) -> None:
    count = 0
    for letter in letters:
        count += 1
        note = message("(edit waits for approval)") if letter.proposed else message("(edited)") if letter.edit else ""
        subject = letter.subject or message("(no code)")
        reason = with_field(letter.field, letter.reason)
        line = (
            f"{letter.number:>6}  {state_label(letter.state):<11}  {letter.stage:<22}  {subject:<30}  {reason} {note}"
        )
        print_text(console, line.rstrip(), wrap=False)
    print_text(console, message_n("{count} dead letter.", "{count} dead letters.", count=count))


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


def _plain(text: str) -> str:
    """Text for a table, whose brackets are only brackets."""
    return text.replace("[", r"\[")
