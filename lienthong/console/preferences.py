"""What a reader chose for how pages are: the language, how often they refresh, whether keys do anything.

They are cookies of the browser: they tell nothing of a person, and no other reader needs them.
"""

from dataclasses import dataclass
from typing import get_args

from starlette.requests import Request
from starlette.responses import Response

from lienthong.messages import LANGUAGES, Language

REFRESH_SECONDS = (0, 5, 30)
"""How often a page may refresh itself; 0: not at all."""

_LANGUAGE, _REFRESH, _KEYS = "lienthong-language", "lienthong-refresh", "lienthong-keys"
_YEAR_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Preferences:
    """See above. `refresh` is in seconds."""

    language: Language
    refresh: int = 0
    keys: bool = True


def read_preferences(request: Request, language: str = "") -> Preferences:
    """What was chosen; else `language`, else what the browser prefers, no refresh, and keys."""
    chosen = request.cookies.get(_LANGUAGE) or language or _preferred(request.headers.get("accept-language", ""))
    refresh = request.cookies.get(_REFRESH, "0")
    return Preferences(
        next((one for one in LANGUAGES if one == chosen), LANGUAGES[0]),
        next((one for one in REFRESH_SECONDS if str(one) == refresh), 0),
        request.cookies.get(_KEYS) != "off",
    )


def keep_preferences(response: Response, chosen: Preferences, path: str, *, secure: bool) -> None:
    """Set the cookies of these preferences for what lies under `path`."""
    for name, value in (
        (_LANGUAGE, chosen.language),
        (_REFRESH, str(chosen.refresh)),
        (_KEYS, "on" if chosen.keys else "off"),
    ):
        response.set_cookie(name, value, max_age=_YEAR_SECONDS, path=path, secure=secure, httponly=True, samesite="lax")


def _preferred(header: str) -> str:
    """The first of our languages in an `Accept-Language`; weights are not looked at, browsers send them in order."""
    named = (part.partition(";")[0].strip().lower()[:2] for part in header.split(","))
    return next((name for name in named if name in get_args(Language)), "")
