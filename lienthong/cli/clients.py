"""`lienthong access client add | list | rotate | remove`: what they do, and what they show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import typer
from rich.console import Console
from rich.table import Table

from lienthong.access.rate import DEFAULT_RATE, parse_rate
from lienthong.cli import context
from lienthong.cli.output import print_json, print_text
from lienthong.cli.safe_console import plain
from lienthong.configuration import duration
from lienthong.data.local_time import DAY, MINUTE, local_time
from lienthong.errors import WrongUse
from lienthong.messages import message
from lienthong.operations import clients as operations
from lienthong.operations.access_acts import Act
from lienthong.operations.clients import ClientView, NewKey
from lienthong.operations.moments import parse_until
from lienthong.runtime.existing_storage import open_client_store
from lienthong.runtime.project import Project
from lienthong.subscriptions.model import MANAGES, SEES_PERSONAL_DATA


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options of `add` say, as they were written."""

    scopes: tuple[str, ...]
    rate: str = ""
    owner: str = ""
    expires: str = ""


def act(project: Project, named: str, reason: str) -> Act:
    """The act, with the person who does it. What is recorded of it is in the project's language."""
    project.use_ledger_language()
    return Act(str(context.acting_person(project, named)), reason)


def add(console: Console, project: Project, name: str, asked: Asked, *, act: Act, as_json: bool) -> None:
    """Add a client and show its key."""
    rate = parse_rate(asked.rate) if asked.rate else DEFAULT_RATE
    with open_client_store(project) as store:
        expires_at = parse_until(asked.expires, store.clock.now())
        new = operations.add_client(
            store, name, asked.scopes, act=act, rate=rate, owner=asked.owner, expires_at=expires_at
        )
    _show_key(console, new, as_json=as_json)
    _warn_of_unknown(project, asked.scopes)


def rotate(console: Console, project: Project, name: str, *, overlap: str, act: Act, as_json: bool) -> None:
    """Make a new key and show it."""
    kept = _parse_overlap(overlap)
    with open_client_store(project) as store:
        new = operations.rotate_key(store, name, act=act, overlap=kept)
    _show_key(console, new, as_json=as_json)


def remove(console: Console, project: Project, name: str, *, act: Act) -> None:
    """Remove a client."""
    with open_client_store(project) as store:
        operations.remove_client(store, name, act=act)
    print_text(console, message("The client {name} is removed; its keys are refused within seconds.", name=name))


def show(console: Console, project: Project, *, as_json: bool) -> None:
    """Show all clients. No key can be shown again, only its begin and its end."""
    with open_client_store(project) as store:
        views, now = operations.look_at_clients(store), store.clock.now()
    if as_json:
        print_json([operations.client_json(view, now) for view in views])
    elif views:
        console.print(_table(views, now))
    else:
        print_text(console, message("There is no client yet; add one with `lienthong access client add`."))


def _parse_overlap(text: str) -> timedelta:
    if text.strip() in ("0", "0s"):
        return timedelta()
    try:
        return duration.parse(text)
    except ValueError:
        raise WrongUse(
            message("The time {text} cannot be read; write for example 30m, 2h or 7d.", text=repr(text))
        ) from None


def _show_key(console: Console, new: NewKey, *, as_json: bool) -> None:
    until = new.old_until
    if as_json:
        answer = {"client": new.client, "key": new.key}
        print_json(answer | ({"old_key_until": until.isoformat()} if until else {}))
        return
    print_text(console, message("The key of {client}, shown this one time:", client=new.client))
    print_text(console, new.key, "bold", wrap=False)
    if until is not None:
        print_text(console, message("The key before it is accepted until {time}.", time=local_time(until, MINUTE)))


def _warn_of_unknown(project: Project, scopes: Sequence[str]) -> None:
    """On standard error: a mistyped scope would be noticed by the client alone, when it is refused."""
    settings = project.readable_settings()
    known = {request.scope for request in settings.requests.values()} - {""}
    known |= {inbox.scope for inbox in settings.served_inboxes()} | {"inbox:*", MANAGES, SEES_PERSONAL_DATA}
    if unknown := sorted(set(scopes) - known):
        text = message(
            "Nothing in the configuration needs the scope {unknown}. There are: {known}.",
            unknown=", ".join(unknown),
            known=", ".join(sorted(known)),
        )
        typer.echo(text, err=True)


def _table(views: Sequence[ClientView], now: datetime) -> Table:
    table = Table()
    for heading in (message("Client"), message("Scopes"), message("Rate"), message("Owner"), message("Until")):
        table.add_column(heading)
    for heading in (message("Key"), message("Last used")):
        table.add_column(heading)
    for view in views:
        client = view.client
        cells = (client.name, ", ".join(client.scopes), str(client.rate), client.owner)
        if not view.keys:
            table.add_row(*map(plain, (*cells, _ends(client.expires_at), "–", "–")))
        for position, key in enumerate(view.keys):
            until = min((moment for moment in (client.expires_at, key.expires_at) if moment), default=None)
            ends = message("ended") if until and until <= now else _ends(until)
            used = local_time(key.last_used_at, MINUTE) if key.last_used_at else "–"
            named = ("", "", "", "") if position else cells
            table.add_row(*map(plain, (*named, ends, str(key.marks), used)))
    return table


def _ends(until: datetime | None) -> str:
    return local_time(until, DAY) if until else "–"
