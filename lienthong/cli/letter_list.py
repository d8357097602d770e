"""The list of dead letters, page by page, and their groups."""

import sys
from collections.abc import Iterable, Sequence
from itertools import islice

from rich.console import Console
from rich.padding import Padding

from lienthong.cli.letter_page import with_field
from lienthong.cli.output import print_text
from lienthong.cli.safe_console import plain
from lienthong.data.harmless import json_text
from lienthong.data.local_time import MINUTE, local_time
from lienthong.messages import Message, format_number, message, message_n
from lienthong.operations import letters as operations
from lienthong.operations.labels import state_label
from lienthong.operations.letters import OwnedGroup, OwnedLetter

PAGE = 50
"""Lines of a page when the command names no other number."""

INDENT = 8
"""Columns of the number of a letter; the rest of its lines begins behind them."""


def print_list(console: Console, letters: Iterable[OwnedLetter], limit: int) -> None:
    """Two lines for each letter, at most `limit` letters; 0 is all of them. Then how to see more."""
    number, died, group = message("No."), message("Died at"), message("Group")
    stage = message("Stage, who answers for it")
    head = f"{number:>6}  {died:<16}  {group:<8}  {stage}"
    remaining = iter(letters)
    count = last = 0
    for letter in islice(remaining, limit or None):
        if not count:
            console.print(plain(head, "bold"))
        _print_letter(console, letter)
        count, last = count + 1, letter.summary.number
    if limit and next(remaining, None) is not None:
        text = message_n(
            "{count} letter is shown, and there are more: add `--after {last}` for the next ones, or `--limit 0` for "
            "all; `--since 2h` shows the latest.",
            "{count} letters are shown, and there are more: add `--after {last}` for the next ones, or `--limit 0` for "
            "all; `--since 2h` shows the latest.",
            count=count,
            last=last,
        )
        print_text(console, text)
    else:
        print_text(console, message_n("{count} dead letter.", "{count} dead letters.", count=count))


def _print_letter(console: Console, letter: OwnedLetter) -> None:
    summary = letter.summary
    died = local_time(summary.died_at, MINUTE)
    first = f"{summary.number:>6}  {died}  {letter.group}  {summary.stage}, {letter.owner}{_note(letter)}"
    console.print(plain(first), soft_wrap=True)
    subject = summary.subject or message("(no code)")
    about = plain(f"{subject}: {with_field(summary.field, summary.reason)}")
    console.print(Padding(about, (0, 0, 0, INDENT), expand=False))


def _note(letter: OwnedLetter) -> str:
    summary = letter.summary
    notes: list[Message] = [] if summary.state == "parked" else [state_label(summary.state)]
    if summary.proposed:
        notes.append(message("edit waits for approval"))
    elif summary.edit:
        notes.append(message("edited"))
    return f" ({', '.join(notes)})" if notes else ""


def write_list_json(letters: Iterable[OwnedLetter], limit: int) -> None:
    """The same as a JSON array, written as it is read; `limit` 0 is all."""
    separator = "["
    for letter in islice(letters, limit or None):
        sys.stdout.write(f"{separator}\n {json_text(operations.letter_json(letter))}")
        separator = ","
    sys.stdout.write("\n]\n" if separator == "," else "[]\n")


def print_groups(console: Console, groups: Sequence[OwnedGroup], limit: int) -> None:
    """Two lines for each cause, at most `limit` of them; 0 is all. Then how to see more."""
    letters = message_n(
        "{count} dead letter", "{count} dead letters", count=sum(group.letters.count for group in groups)
    )
    causes = message_n("{count} cause", "{count} causes", count=len(groups))
    print_text(console, f"{letters}, {causes}")
    if groups:
        console.print(plain(_group_head(), "bold"), soft_wrap=True)
    for group in groups[: limit or None]:
        _print_group(console, group)
    if limit and len(groups) > limit:
        text = message("The {limit} largest causes are shown; `--limit 0` shows all of them.", limit=limit)
        print_text(console, text)


def _group_head() -> str:
    group, number, since, last = message("Group"), message("Letters"), message("Since"), message("Last")
    stage = message("Stage, who answers for it")
    return f"{group:<8}  {number:>8}  {since:<16}  {last:<16}  {stage}"


def _print_group(console: Console, group: OwnedGroup) -> None:
    cause = group.letters.cause
    first, last = (local_time(instant, MINUTE) for instant in (group.letters.first, group.letters.last))
    number = format_number(group.letters.count)
    line = f"{cause.id:<8}  {number:>8}  {first:<16}  {last:<16}  {cause.stage}, {group.owner}"
    console.print(plain(line), soft_wrap=True)
    console.print(Padding(plain(with_field(cause.field, group.reason)), (0, 0, 0, INDENT), expand=False))
