"""The page that states why something cannot be shown or done."""

from starlette.responses import Response

from lienthong.console.rendering import render
from lienthong.console.visit import Visit


def refuse(visit: Visit, status: int, why: object) -> Response:
    """The page with a sentence. `why` holds no personal data, as no error does."""
    return render(visit, "refused.html", status, status=status, why=str(why))
