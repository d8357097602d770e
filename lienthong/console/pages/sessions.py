"""Logging out: of this browser, or of all that the person is logged in with."""

from starlette.responses import RedirectResponse, Response

from lienthong.console.rendering import HEADERS
from lienthong.console.visit import Visit


def log_out(visit: Visit) -> Response:
    """End the session; with `everywhere` in the form, all of the person's."""
    reply = RedirectResponse(visit.context.log_in, 303, headers=HEADERS)
    visit.context.gate.end(visit.request, reply, everywhere=bool(visit.form.get("everywhere")))
    return reply
