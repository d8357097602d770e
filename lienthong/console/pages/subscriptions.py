"""Subscriptions: who receives announced events, how far each has come, and what keeps it back."""

from starlette.responses import Response

from lienthong.console.rendering import render
from lienthong.console.visit import Visit
from lienthong.messages import message
from lienthong.operations.subscription_standing import look_at_subscriptions
from lienthong.runtime.subscriptions import store_of


def show(visit: Visit) -> Response:
    """Every subscription by name. No secret and no address of a receiver is shown."""
    store = store_of(visit.storage, visit.context.endpoints)
    views = look_at_subscriptions(store.subscriptions, store.announcements)
    states = {
        "active": message("in order"),
        "failing": message("failing"),
        "paused": message("paused"),
        "ended": message("ended"),
    }
    return render(visit, "subscriptions.html", views=views, states=states)
