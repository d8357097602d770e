"""Schedules: when each is due, what it was due for last, and which routes take its moments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from lienthong.configuration.rule_words import rule_words
from lienthong.console.rendering import render
from lienthong.console.visit import Visit
from lienthong.envelope import parse_utc
from lienthong.intake.schedule import DUE
from lienthong.settings import ScheduleSettings


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """A schedule, the last moment that was recorded, and the next one; None where there is none."""

    settings: ScheduleSettings
    rule: str
    last: datetime | None
    next: datetime | None
    routes: Sequence[str]


def show(visit: Visit) -> Response:
    """Every schedule in one line, the next one due first."""
    found = [_view(visit, settings) for settings in visit.settings.schedules.values()]
    found.sort(key=lambda view: (view.next is None, view.next, view.settings.name))
    return render(visit, "schedules.html", views=found)


def _view(visit: Visit, settings: ScheduleSettings) -> ScheduleView:
    cursor = visit.storage.ledger.cursor(settings.source)
    last = parse_utc(cursor[DUE]) if cursor.get(DUE) else None
    following = settings.rule.after(max(visit.now, settings.start))
    routes = [route.name for route in visit.settings.routes_from(settings.source)]
    return ScheduleView(settings, str(rule_words(settings.rule)), last, next(following, None), routes)
