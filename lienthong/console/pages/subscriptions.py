"""Subscriptions: who receives announced events, how far each has come, and what keeps it back."""

from starlette.responses import Response

from lienthong.console.rendering import render
from lienthong.console.visit import Visit
from lienthong.messages import message
from lienthong.runtime.subscriptions import store_of


def show(visit: Visit) -> Response:
    """Every subscription by name. No secret and no address of a receiver is shown."""
    store = store_of(visit.storage, visit.context.endpoints)
    upto = store.announcements.settled()
    views = []
    for one in store.subscriptions.list():
        backlog = store.announcements.backlog(one.place, one.types, upto=upto)
        views.append((one, backlog.events, backlog.oldest))
    states = {
        "active": message("in order"),
        "failing": message("failing"),
        "paused": message("paused"),
        "ended": message("ended"),
    }
    return render(visit, "subscriptions.html", views=views, states=states)
