"""A form that is sent twice is one act: the second click is led to where the first one was."""

import hashlib
from datetime import datetime
from typing import Protocol


class Forms(Protocol):
    """The forms that were sent. Every method raises `Transient` when the database does not answer."""

    def begin(self, number: str, now: datetime) -> str | None:
        """None for a number that is new. Else where the browser was sent then; "" while it is still carried out."""

    def end(self, number: str, location: str) -> None:
        """It was carried out, and the browser was sent there."""

    def drop(self, number: str) -> None:
        """It was not carried out: it may be sent again."""


def form_number(session_token: str, path: str, once: str) -> str:
    """What a form is kept under: no other session and no other path can meet it."""
    return hashlib.sha256("\n".join((session_token, path, once)).encode("utf-8", "replace")).hexdigest()
