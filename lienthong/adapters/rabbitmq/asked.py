"""A question as the broker delivered it, and the answer that goes back."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to a caller. The names of `headers` are in lower case."""

    body: bytes
    content_type: str
    headers: Mapping[str, Any]


@dataclass(slots=True)
class Asked:
    """A question. `received` is a moment of the monotonic clock.

    - `reply` may be called from any thread, and neither blocks nor raises; after the first answer it does nothing.
    - `is_admitted`: its client is known.
    """

    request: str
    body: bytes
    content_type: str
    content_encoding: str
    headers: Mapping[str, str]
    received: float
    send: Callable[[Answer], None]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    is_answered: bool = False
    is_admitted: bool = False

    def reply(self, answer: Answer) -> bool:
        """Send the answer; False when there was one already."""
        with self._lock:
            if self.is_answered:
                return False
            self.is_answered = True
        self.send(answer)
        return True
