"""Carries out a form once, however often it is sent."""

from starlette.responses import RedirectResponse, Response

from lienthong.console.rendering import HEADERS
from lienthong.console.visit import Handler, Visit
from lienthong.errors import WrongUse
from lienthong.messages import message
from lienthong.operations.once import form_number


def send_once(visit: Visit, handler: Handler) -> Response:
    """The reply to a form. One with the same number leads to where the first one did.

    One that failed may be sent again. Raises `WrongUse` while the first one is still carried out.
    """
    forms, now = visit.context.forms, visit.now
    number = form_number(visit.token, visit.request.url.path, visit.form["once"])
    before = forms.begin(number, now)
    if before:
        return RedirectResponse(before, 303, headers=HEADERS)
    if before is not None:
        raise WrongUse(
            message("This form was sent already and is being carried out; look at the page again in a moment.")
        )
    location = ""
    try:
        reply = handler(visit)
        location = reply.headers.get("location", "")
        return reply
    finally:
        if location:
            forms.end(number, location)
        else:
            forms.drop(number)
