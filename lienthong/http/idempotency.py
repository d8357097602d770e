"""The header `Idempotency-Key` (IETF draft-ietf-httpapi-idempotency-key-header): one push, however often it is sent."""

import re
from datetime import timedelta

from fastapi import Request

from lienthong.http.problems import Problem
from lienthong.http.refusals import input_invalid
from lienthong.messages import message

HEADER = "Idempotency-Key"

KEPT = timedelta(days=1)
"""How long the reply to a push is kept for those who send it again."""

REPLAYED = {"Idempotency-Replayed": "true"}
"""The header of a reply that was kept."""

_WRITTEN = re.compile(r'"([\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x5b\x5d-\x7e]{1,255})')


def idempotency_key(request: Request) -> str:
    """The key, with or without quotation marks; "" without the header. Raises `Problem` for one that is no key."""
    given = request.headers.getlist(HEADER)
    if not given:
        return ""
    found = _WRITTEN.fullmatch(given[0].strip()) if len(given) == 1 else None
    if found is None:
        text = message("write one key of 1 to 255 visible ASCII characters, without quotation marks inside")
        raise input_invalid([(f"header/{HEADER}", text)])
    return found[1] or found[2]


def key_reused() -> Problem:
    """400: another body was pushed with this key. The draft has 422; here, invalid input is always 400."""
    text = message("Another body was pushed with this key within a day. Send a new key with each new push.")
    title = message("The Idempotency-Key was used for something else")
    return Problem(400, "idempotency-key-reused", title, errors=[(f"header/{HEADER}", text)])
