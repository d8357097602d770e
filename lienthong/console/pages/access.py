"""Access: who looked at what and who did what, and the persons with their roles."""

from datetime import timedelta

from starlette.responses import Response

from lienthong.adapters.sql.acts import SqlActs
from lienthong.adapters.sql.persons import SqlPersons
from lienthong.console.paging import PAGE, first_page
from lienthong.console.rendering import render
from lienthong.console.visit import Visit
from lienthong.errors import WrongUse
from lienthong.messages import message
from lienthong.operations.access_log import KINDS, list_acts, make_filter
from lienthong.operations.labels import verdict_label
from lienthong.operations.moments import parse_since

_TITLES = {
    "looks": lambda: message("looks at personal data"),
    "sessions": lambda: message("log-ins and log-outs"),
    "persons": lambda: message("acts on persons"),
    "clients": lambda: message("acts on clients"),
}


def show_log(visit: Visit) -> Response:
    """The log of looks and acts, the latest first; the address has what it is filtered by. Raises `WrongUse`."""
    after, kind = visit.query("after") or "0", visit.query("kind")
    if not after.isdecimal() or (kind and kind not in KINDS):
        raise WrongUse(message("The list cannot be filtered so; begin again from its first page."))
    database, now = visit.storage.database, visit.now
    persons = SqlPersons(database)
    until = parse_since(visit.query("until"), now) if visit.query("until") else None
    wanted = make_filter(
        persons,
        person=visit.query("person"),
        kind=kind,
        since=parse_since(visit.query("since"), now),
        until=until + timedelta(days=1) if until and len(visit.query("until")) == 10 else until,
        before=int(after),
    )
    rows = first_page(list_acts(SqlActs(database), wanted, PAGE + 1), lambda act: act.number)
    return render(visit, "access_log.html", paging=rows, kinds=KINDS, persons=persons.list(), kind_label=kind_label)


def show_persons(visit: Visit) -> Response:
    """The persons with their roles."""
    return render(visit, "persons.html", persons=SqlPersons(visit.storage.database).list())


def kind_label(kind: str) -> str:
    """A kind of act in words."""
    return _TITLES[kind]() if kind in _TITLES else verdict_label(kind)  # type: ignore[arg-type]  # the others are verdicts
