"""`lienthong notices list | show | preview | resolve | costs`: what they show. Personal data is hidden by its marks."""

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from rich.console import Console
from rich.table import Table

from lienthong.cli import context
from lienthong.cli.output import print_json, print_text
from lienthong.configuration.personal import all_personal_keys
from lienthong.data.harmless import json_text
from lienthong.data.local_time import MINUTE, local_time
from lienthong.dead_letters.actor import Actor
from lienthong.envelope import LOCAL_ZONE
from lienthong.masking import PersonalKeys, mask_data
from lienthong.messages import format_number, message, message_n
from lienthong.ports.notice_keeping import NoticeFilter, NoticeOutcome
from lienthong.runtime.notices import OpenNotices, open_notices, without_database
from lienthong.runtime.project import Project

PAGE = 50

DOUBTFUL = ("in_doubt", "sending")
"""States of which a person may know more than the bus."""


def show_list(console: Console, project: Project, wanted: NoticeFilter, *, limit: int | None, as_json: bool) -> None:
    """A page of notices. Without a limit a person gets the first page, a program everything."""
    with open_notices(project) as opened:
        personal = _personal(opened)
        found = (mask_data(one, personal) for one in opened.keeper.notices(wanted))
        if as_json:
            separator = "["
            for one in islice(found, limit or None):
                sys.stdout.write(f"{separator}\n {json_text(one)}")
                separator = ","
            sys.stdout.write("\n]\n" if separator == "," else "[]\n")
            return
        most = PAGE if limit is None else limit
        count, last = 0, ""
        for one in islice(found, most or None):
            _print_line(console, one)
            count, last = count + 1, one["notice"]
        print_text(console, message_n("{count} notice.", "{count} notices.", count=count))
        if most and next(found, None) is not None:
            print_text(console, message("There are more: add `--after {last}`.", last=last), wrap=False)


def show(console: Console, project: Project, notice: str, *, as_json: bool) -> None:
    """One notice, its data and its attempts."""
    with open_notices(project) as opened:
        found = mask_data(_find(opened, notice), _personal(opened))
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        if name not in ("attempts", "data") and value not in (None, ""):
            print_text(console, f"{name}: {_local(value)}", wrap=False)
    for name, value in found["data"].items():
        if value not in (None, ""):
            print_text(console, f"  {name}: {_local(value)}", "dim", wrap=False)
    for attempt in found["attempts"]:
        verdict = attempt["verdict"] or message("no answer")
        line = message(
            "attempt {number} by {channel} at {time}: {verdict}",
            number=attempt["attempt"],
            channel=attempt["channel"],
            time=_local(attempt["began_at"]),
            verdict=verdict,
        )
        print_text(console, f"{line}. {attempt['why'] or ''}".rstrip(), wrap=False)


def preview(console: Console, project: Project, template: str, *, as_json: bool) -> None:
    """A template in each channel and language."""
    with without_database(project.settings()) as keeper:
        found = keeper.notice_preview(template) if keeper else ()
    if not found:
        context.fail(message("There is no template {template}.", template=template), context.USAGE)
    if as_json:
        print_json(list(found))
        return
    for one in found:
        more = [f"{name}: {one[name]}" for name in ("parts", "active", "why") if name in one]
        print_text(console, f"{one['channel']}/{one['language']} {', '.join(more)}".rstrip(), "bold")
        print_text(console, str(one["text"] or ""), lines=True)


def resolve(
    console: Console,
    project: Project,
    notice: str,
    outcome: NoticeOutcome,
    *,
    why: str,
    actor: Actor,
    as_json: bool,
) -> None:
    """Record what a person found out about a notice in doubt."""
    with open_notices(project) as opened:
        found = _find(opened, notice)
        if found["state"] not in DOUBTFUL:
            text = message(
                "The notice is not in doubt: its state is `{state}`. Only a doubt is ended by a person.",
                state=found["state"],
            )
            context.fail(text)
        record = opened.keeper.resolve_notice(found, outcome, person=str(actor), why=why)
        event = opened.record(record, who=str(actor))
    if as_json:
        print_json({"notice": notice, "outcome": outcome, "event": event})
    else:
        text = message("Recorded as event {event}; the running bus passes it on within seconds.", event=event)
        print_text(console, text)


def costs(console: Console, project: Project, month: str, *, as_json: bool) -> None:
    """What was spent in a month, exact to the đồng."""
    since, until = _month(month)
    with open_notices(project) as opened:
        found = opened.keeper.notice_costs(since, until)
    total = sum(int(one["cost"]) for one in found)
    if as_json:
        print_json({"month": month, "total": total, "costs": [dict(one) for one in found]})
        return
    _print_costs(console, found)
    print_text(console, message("In all {total} đồng.", total=format_number(total)))
    if unpriced := sum(int(one["unpriced"]) for one in found):
        text = message_n(
            "The price of {number} attempt is not known, so the sum is too small.",
            "The price of {number} attempts is not known, so the sum is too small.",
            count=unpriced,
            number=format_number(unpriced),
        )
        print_text(console, text, "yellow")


def _print_costs(console: Console, found: Sequence[Mapping[str, Any]]) -> None:
    table = Table()
    for heading in (message("Channel"), message("Agency"), message("Happening")):
        table.add_column(heading)
    for heading in (message("Sent"), message("Parts"), message("In doubt"), message("Cost (đồng)")):
        table.add_column(heading, justify="right")
    for one in found:
        figures = (format_number(int(one[name])) for name in ("sent", "parts", "in_doubt", "cost"))
        table.add_row(one["channel"], one["agency"] or "", one["happening"], *figures)
    console.print(table)


def _print_line(console: Console, one: Mapping[str, Any]) -> None:
    head = f"{_local(one['changed_at'])}  {one['state']:<10}  {one['channel']:<5}  {one['recipient']}"
    print_text(console, f"{head}  {one['happening']}  {one['about']}  {one['notice']}", wrap=False)
    if one["why"]:
        print_text(console, f"    {one['why']}", "dim", wrap=False)


def _find(opened: OpenNotices, notice: str) -> Mapping[str, Any]:
    found = opened.keeper.notice(notice)
    if found is None:
        context.fail(message("There is no notice {notice}.", notice=notice), context.USAGE)
    return found


def _personal(opened: OpenNotices) -> PersonalKeys:
    return all_personal_keys(opened.storage.settings)


def _local(value: Any) -> str:
    if isinstance(value, str) and value[10:11] == "T" and value.endswith("Z"):
        return local_time(datetime.fromisoformat(value), MINUTE)
    return str(value)


def _month(text: str) -> tuple[datetime, datetime]:
    try:
        first = datetime.strptime(text, "%Y-%m").replace(tzinfo=LOCAL_ZONE)
    except ValueError:
        context.fail(message("Write the month as 2026-11, not {text}.", text=repr(text)), context.USAGE)
    return first, (first + timedelta(days=31)).replace(day=1)
