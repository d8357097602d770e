"""`lienthong reports list | show | diff`: what they show."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from lienthong.cli import context
from lienthong.cli.edition_acts import open_keeper
from lienthong.cli.output import print_json, print_text
from lienthong.configuration.personal import all_personal_keys
from lienthong.data.harmless import harmless, json_text
from lienthong.data.local_time import MINUTE, local_time
from lienthong.masking import PersonalKeys, mask_data
from lienthong.messages import message, message_n
from lienthong.ports.reports import EditionFilter
from lienthong.runtime.editions import OpenEditions
from lienthong.runtime.project import Project


def show_list(console: Console, project: Project, wanted: EditionFilter, *, as_json: bool) -> None:
    """The editions, a line each."""
    with open_keeper(project) as editions:
        found = list(editions.keeper.editions(wanted))
    if as_json:
        print_json(found)
        return
    for one in found:
        when = _local(next(filter(None, (one[f"{state}_at"] for state in _STATES)), None))
        print_text(console, f"{one['id']:<36}  {one['state']:<9}  {when}  {one['number']}".rstrip(), wrap=False)
        if one["why"]:
            print_text(console, f"    {one['why']}", "dim", wrap=False)
    print_text(console, message_n("{count} edition.", "{count} editions.", count=len(found)))


def show(console: Console, project: Project, edition: str, *, out: Path | None, as_json: bool) -> None:
    """One edition, and its files."""
    with open_keeper(project) as editions:
        found = editions.keeper.edition(edition)
        if found is None:
            context.fail(message("There is no edition {edition}.", edition=edition), context.USAGE)
        if as_json:
            print_json(found)
        else:
            _print(console, found)
        if out is not None:
            _write(editions, edition, out)


def show_changes(console: Console, project: Project, before: str, after: str, *, as_json: bool) -> None:
    """Each figure that differs between two editions. Personal data is hidden by its marks."""
    with open_keeper(project) as editions:
        personal = all_personal_keys(editions.storage.settings)
        found = [_masked(one, personal) for one in editions.keeper.edition_changes(before, after)]
    if as_json:
        print_json(found)
        return
    for one in found:
        print_text(console, f"{one['path']}: {_figure(one['before'])} → {_figure(one['after'])}", wrap=False)
    print_text(console, message_n("{count} figure changed.", "{count} figures changed.", count=len(found)))


def _masked(one: Mapping[str, Any], personal: PersonalKeys) -> dict[str, Any]:
    """A change with its values masked as they would be under their key."""
    key = str(one["path"]).rstrip(".+-").rpartition(".")[2]
    shown = {side: mask_data({key: one[side]}, personal)[key] for side in ("before", "after")}
    return {"path": one["path"], **shown}


def _figure(value: Any) -> str:
    return "–" if value is None else json_text(value)


def _print(console: Console, found: Mapping[str, Any]) -> None:
    for name, value in found.items():
        if name not in ("acts", "sendings", "heads") and value not in (None, ""):
            print_text(console, f"{name}: {_local(value)}", wrap=False)
    for act in found["acts"]:
        who = act["who"] or message("the schedule")
        print_text(console, f"{_local(act['at'])}  {act['kind']}  {who}  {act['why']}".rstrip(), wrap=False)
    for one in found["sendings"]:
        line = f"{one['state']:<10}  {one['channel']}  {one['unit']}  {one['recipient']}  {one['why']}"
        print_text(console, line.rstrip(), wrap=False)


def _write(editions: OpenEditions, edition: str, out: Path) -> None:
    for path, content in editions.keeper.edition_files(edition):
        place = out / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        typer.echo(harmless(str(place)), err=True)


def _local(value: Any) -> str:
    if isinstance(value, str) and value[10:11] == "T" and value.endswith("Z"):
        return local_time(datetime.fromisoformat(value), MINUTE)
    return "" if value is None else str(value)


_STATES = ("received", "sent", "approved", "drafted", "due")
