"""`lienthong deadlines list | recompute`: what they show."""

import dataclasses
import sys
from collections.abc import Iterable, Mapping
from itertools import islice

from rich.console import Console
from rich.padding import Padding

from lienthong.cli import context
from lienthong.cli.output import print_text
from lienthong.cli.safe_console import plain
from lienthong.data.harmless import json_text
from lienthong.data.local_time import MINUTE, local_time
from lienthong.envelope import format_instant
from lienthong.messages import format_number, message, message_n
from lienthong.ports.deadlines import DeadlineFilter, KeptDeadline
from lienthong.runtime.deadlines import open_deadlines
from lienthong.runtime.project import Project

PAGE = 50
INDENT = 8


def show(console: Console, project: Project, wanted: DeadlineFilter, *, limit: int | None, as_json: bool) -> None:
    """A page of deadlines. Without a limit a person gets the first page, a program everything."""
    with open_deadlines(project) as keeper:
        try:
            found = keeper.deadlines(wanted)
            if as_json:
                write_json(found, limit or 0)
            else:
                print_list(console, found, PAGE if limit is None else limit)
        except KeyError:
            context.fail(message("There is no deadline {deadline}.", deadline=wanted.after), context.USAGE)


def recompute(console: Console, project: Project) -> None:
    """Reckon anew, and state how much it was."""
    with open_deadlines(project) as keeper:
        count = keeper.recompute()
    text = message_n(
        "The deadlines of {number} subject were reckoned anew; the next look announces what changed.",
        "The deadlines of {number} subjects were reckoned anew; the next look announces what changed.",
        count=count,
        number=format_number(count),
    )
    print_text(console, text)


def print_list(console: Console, found: Iterable[KeptDeadline], limit: int) -> None:
    """Two lines for each deadline, at most `limit` deadlines; 0 is all of them. Then how to see more."""
    due, state, key = message("Due"), message("State"), message("Code, agency")
    remaining = iter(found)
    count, last = 0, ""
    for one in islice(remaining, limit or None):
        if not count:
            console.print(plain(f"{due:<16}  {state:<12}  {key}", "bold"), soft_wrap=True)
        _print(console, one)
        count, last = count + 1, one.deadline
    if limit and next(remaining, None) is not None:
        text = message_n(
            "{count} deadline is shown, and there are more: add `--after {last}` for the next ones, or `--limit 0` for "
            "all.",
            "{count} deadlines are shown, and there are more: add `--after {last}` for the next ones, or `--limit 0` "
            "for all.",
            count=count,
            last=last,
        )
        print_text(console, text, wrap=False)
    else:
        print_text(console, message_n("{count} deadline.", "{count} deadlines.", count=count))


def write_json(found: Iterable[KeptDeadline], limit: int) -> None:
    """The same as a JSON array, written as it is read; `limit` 0 is all."""
    separator = "["
    for one in islice(found, limit or None):
        sys.stdout.write(f"{separator}\n {json_text(deadline_json(one))}")
        separator = ","
    sys.stdout.write("\n]\n" if separator == "," else "[]\n")


def deadline_json(one: KeptDeadline) -> dict[str, object]:
    """A deadline for programs. Moments are UTC."""
    values = dataclasses.asdict(one)
    moments = {name: values[name] for name in ("started_at", "due_at", "risk_at", "ended_at")}
    return values | {name: None if moment is None else format_instant(moment) for name, moment in moments.items()}


def _print(console: Console, one: KeptDeadline) -> None:
    due = "–" if one.due_at is None else local_time(one.due_at, MINUTE)
    agency = one.agency_name or one.agency or message("(no agency)")
    console.print(plain(f"{due:<16}  {_states()[one.state]:<12}  {one.key}, {agency}"), soft_wrap=True)
    console.print(Padding(plain(f"{one.name}: {_times(one)}"), (0, 0, 0, INDENT), expand=False))


def _times(one: KeptDeadline) -> str:
    ended = "" if one.ended_at is None else message("; ended {moment}", moment=local_time(one.ended_at, MINUTE))
    if one.allowed_minutes is None:
        return f"{one.document}, {one.article}{ended}"
    elapsed = message(
        "{elapsed} of {allowed} working minutes",
        elapsed=format_number(one.elapsed_minutes),
        allowed=format_number(one.allowed_minutes),
    )
    return f"{elapsed}{ended}"


def _states() -> Mapping[str, str]:
    return {
        "running": message("running"),
        "paused": message("paused"),
        "met": message("met"),
        "breached": message("breached"),
    }
