"""Makes a page of a template: what every template may use, and the headers of a page."""

import secrets
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from starlette.responses import HTMLResponse, RedirectResponse, Response

from lienthong.console.static_files import static_path
from lienthong.console.times import distance, exact
from lienthong.console.visit import Visit
from lienthong.messages import format_number, message, message_n

if TYPE_CHECKING:
    from jinja2 import Environment

BASE = "/console"
"""Where the console lies."""

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
"""The Content-Security-Policy of every page: nothing from elsewhere, no script and no style in the page."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # `no-referrer` makes browsers send `Origin: null` with forms
    "X-Content-Type-Options": "nosniff",
}


def href(path: str, /, **query: object) -> str:
    """The address of a path of the console; parts of the query that are empty are left out."""
    given = urlencode({name: str(value) for name, value in query.items() if value not in ("", None)})
    return f"{BASE}{quote(path)}{'?' if given else ''}{given}"


@cache
def environment() -> "Environment":
    """The templates. What is put into them is text, never markup; a name that is not given is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    templates = Environment(
        loader=PackageLoader("lienthong.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    templates.globals.update(
        message=message,
        message_n=message_n,
        number=format_number,
        href=href,
        static=lambda name: f"{BASE}{static_path(name)}",
        exact=exact,
        distance=distance,
        once=lambda: secrets.token_urlsafe(16),
    )
    return templates


def render(visit: Visit, template: str, status: int = 200, /, **values: Any) -> Response:
    """The page of a template. `values` are what it shows; `refresh` among them is how often it refreshes itself, in
    seconds, in place of what the reader chose.
    """
    given = {"refresh": visit.preferences.refresh, **values}
    text = environment().get_template(template).render(visit=visit, menu=visit.menu, **given)
    return HTMLResponse(text, status, headers=HEADERS)


def see_other(path: str, /, **query: object) -> Response:
    """After a form: the browser is sent to a page of the console."""
    return RedirectResponse(href(path, **query), 303, headers=HEADERS)
