"""Deadlines: which run, which are missed, by which rule, page by page."""

from typing import get_args

from starlette.responses import Response

from lienthong.console.paging import first_page
from lienthong.console.rendering import render
from lienthong.console.visit import Visit
from lienthong.messages import message
from lienthong.ports.deadlines import DeadlineFilter, DeadlineState
from lienthong.runtime.deadlines import keeper_of


def show(visit: Visit) -> Response:
    """A page of deadlines, the earliest due first."""
    state = next((one for one in get_args(DeadlineState) if one == visit.query("state")), None)
    keeper = keeper_of(visit.storage)
    found = keeper.deadlines(DeadlineFilter(state, visit.query("agency"), visit.query("after"))) if keeper else ()
    paging = first_page(found, lambda one: one.deadline)
    states = {
        "running": message("running"),
        "paused": message("paused"),
        "met": message("met"),
        "breached": message("breached"),
    }
    return render(visit, "deadlines.html", paging=paging, states=states, chosen=state or "", is_kept=keeper is not None)
