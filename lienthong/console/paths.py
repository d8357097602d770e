"""Every page: where it is, the right it needs, what makes it, and how the menu names it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from lienthong.access.roles import Right, Viewer
from lienthong.console.pages import (
    access,
    accounts,
    configuration,
    dead_acts,
    dead_edits,
    dead_letters,
    deadlines,
    jobs,
    notices,
    queues,
    routes,
    schedules,
    sessions,
    settings,
    sources,
    subscriptions,
    today,
    trail,
)
from lienthong.console.rendering import href
from lienthong.console.visit import Handler, MenuItem
from lienthong.messages import Message, message


@dataclass(frozen=True, slots=True)
class PagePath:
    """One path.

    - `right`: what it needs; None: nothing but a session.
    - `title` and `key` of the menu: `g` and then the key leads there; None for what is not in it.
    """

    method: Literal["GET", "POST"]
    path: str
    right: Right | None
    handler: Handler
    title: Callable[[], Message] | None = None
    key: str = ""

    def is_open_to(self, viewer: Viewer) -> bool:
        return self.right is None or viewer.may(self.right)


PATHS: Sequence[PagePath] = (
    PagePath("GET", "/", "see", today.show, lambda: message("Today"), "t"),
    PagePath("GET", "/dead", "see", dead_letters.show_groups, lambda: message("Dead letters"), "d"),
    PagePath("GET", "/dead/groups/{group}", "see", dead_letters.show_group),
    PagePath("GET", "/dead/letters", "see", dead_letters.show_letters),
    PagePath("GET", "/dead/letters/{number}", "see", dead_letters.show_letter),
    PagePath("GET", "/dead/letters/{number}/edit", "edit", dead_edits.show),
    PagePath("POST", "/dead/letters/{number}/edit", "edit", dead_edits.propose),
    PagePath("POST", "/dead/letters/{number}/reveals", "reveal", dead_letters.reveal_field),
    PagePath("POST", "/dead/letters/{number}/approval", "approve", dead_edits.approve),
    PagePath("POST", "/dead/letters/{number}/refusal", "act", dead_edits.refuse),
    PagePath("POST", "/dead/replay-previews", "see", dead_acts.preview),
    PagePath("POST", "/dead/replays", "act", dead_acts.replay),
    PagePath("POST", "/dead/discards", "act", dead_acts.discard),
    PagePath("POST", "/dead/groups/{group}/note", "act", dead_acts.note),
    PagePath("GET", "/sources", "see", sources.show_sources, lambda: message("Sources"), "s"),
    PagePath("GET", "/sources/{name}", "see", sources.show_source),
    PagePath("GET", "/queues", "see", queues.show, lambda: message("Queues"), "q"),
    PagePath("POST", "/queues/{stage}/resume", "act", queues.resume),
    PagePath("GET", "/trail", "see", trail.ask, lambda: message("Trail"), "h"),
    PagePath("POST", "/trail", "see", trail.search),
    PagePath("GET", "/trail/{key:path}", "see", trail.show),
    PagePath("GET", "/events/{event}", "see", trail.show_event),
    PagePath("GET", "/balance", "see", accounts.show_balance, lambda: message("Balance"), "b"),
    PagePath("GET", "/ledger", "see", accounts.show_ledger, lambda: message("Ledger"), "l"),
    PagePath("POST", "/ledger/verifications", "act", accounts.verify),
    PagePath("GET", "/routes", "see", routes.show_routes, lambda: message("Routes"), "r"),
    PagePath("GET", "/routes/{name}", "see", routes.show_route),
    PagePath("GET", "/schedules", "see", schedules.show, lambda: message("Schedules"), "c"),
    PagePath("GET", "/deadlines", "see", deadlines.show, lambda: message("Deadlines"), "e"),
    PagePath("GET", "/notices", "see", notices.show_notices, lambda: message("Notices"), "n"),
    PagePath("GET", "/notices/{notice}", "see", notices.show_notice),
    PagePath("GET", "/subscriptions", "see", subscriptions.show, lambda: message("Subscriptions"), "u"),
    PagePath("GET", "/configuration", "see", configuration.show, lambda: message("Configuration"), "o"),
    PagePath("GET", "/jobs", "see", jobs.show_jobs, lambda: message("Jobs"), "j"),
    PagePath("GET", "/jobs/{job}", "see", jobs.show_job),
    PagePath("POST", "/jobs/{job}/stop", "act", jobs.stop),
    PagePath("GET", "/access/log", "audit", access.show_log, lambda: message("Looks and acts"), "a"),
    PagePath("GET", "/access/persons", "administer", access.show_persons, lambda: message("Persons"), "p"),
    PagePath("GET", "/help", "see", settings.show_help),
    PagePath("POST", "/preferences", None, settings.choose),
    PagePath("POST", "/log-out", None, sessions.log_out),
)


def menu(viewer: Viewer, path: str) -> Sequence[MenuItem]:
    """What the viewer may open; `path` is where the viewer is."""
    return [
        MenuItem(page.title(), href(page.path), page.key, is_here=_is_here(href(page.path), path))
        for page in PATHS
        if page.title is not None and page.is_open_to(viewer)
    ]


def _is_here(target: str, path: str) -> bool:
    if target == href("/"):
        return path.rstrip("/") == target.rstrip("/")
    return path == target or path.startswith(f"{target}/")
