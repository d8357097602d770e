"""What the reply of a webhook means for the events that were sent."""

from typing import Literal

from lienthong.messages import Message, message

Meaning = Literal["accepted", "gone", "later", "refused"]

_GONE = 410
_ABOUT_THE_RECEIVER = frozenset({401, 403, 404, 405, 407, 408, 415, 421, 425, 426, 429, 451})
"""Statuses of 4xx that state nothing about an event: the receiver would give them for any other, too."""

THROTTLING = frozenset({429, 502, 503, 504})
"""Statuses of a receiver that has too much to do: it is sent less."""


def meaning_of(status: int) -> Meaning:
    """Standard Webhooks and the HTTP 1.1 Web Hooks of CloudEvents: 2xx accepts, 410 ends, other 4xx refuse."""
    if 200 <= status < 300:
        return "accepted"
    if status == _GONE:
        return "gone"
    if 400 <= status < 500 and status not in _ABOUT_THE_RECEIVER:
        return "refused"
    return "later"


def reason_of(status: int) -> Message:
    """Why nothing was accepted, for the owner of the subscription. It has no part of the reply but the status."""
    match status:
        case 410:
            why = message("the receiver answers with HTTP 410: it wants no events any more")
        case 401 | 403:
            why = message("the receiver denies access (HTTP {status})", status=status)
        case 404 | 405:
            why = message("there is no receiver at this address (HTTP {status})", status=status)
        case 415:
            why = message(
                "the receiver does not take this format (HTTP 415): change the batch size to 1, or the receiver"
            )
        case _ if 300 <= status < 400:
            why = message("the receiver answers with a redirect (HTTP {status}), which is not followed", status=status)
        case _ if meaning_of(status) == "refused":
            why = message("the receiver refuses the event (HTTP {status})", status=status)
        case _:
            why = message("the receiver answers with HTTP {status}", status=status)
    return why
