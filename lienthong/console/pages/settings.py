"""What a reader chose for how pages are, and the page that explains the keys."""

from starlette.responses import RedirectResponse, Response

from lienthong.console.preferences import REFRESH_SECONDS, Preferences, keep_preferences
from lienthong.console.rendering import BASE, render
from lienthong.console.visit import Visit
from lienthong.console.way_back import page_of_ours
from lienthong.messages import LANGUAGES


def show_help(visit: Visit) -> Response:
    """The keys, and how pages are used."""
    return render(visit, "help.html")


def choose(visit: Visit) -> Response:
    """Keep what the form states; what it leaves out stays as it was. Back to the page it was sent from."""
    was, form = visit.preferences, visit.form
    chosen = Preferences(
        next((one for one in LANGUAGES if one == form.get("language")), was.language),
        next((one for one in REFRESH_SECONDS if str(one) == form.get("refresh")), was.refresh),
        form["keys"] == "on" if "keys" in form else was.keys,
    )
    reply = RedirectResponse(page_of_ours(form.get("back", "")), 303)
    keep_preferences(reply, chosen, BASE, secure=visit.request.url.scheme == "https")
    return reply
