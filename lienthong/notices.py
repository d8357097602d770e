"""What a connector noticed and an operator should know, though nothing failed: a file of a kind that is not read."""

import threading

import structlog

from lienthong.masking import mask_text

_REMEMBERED = 10_000
"""Notices known, so that one that comes back at every poll is written once."""

log = structlog.get_logger(__name__)


class Notices:
    """Collects sentences, each once, and writes them into the log. Personal numbers in them are masked."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._known: set[str] = set()
        self._waiting: list[str] = []

    def add(self, text: str) -> None:
        """Keep a sentence and log it, unless it is known."""
        masked = mask_text(text)
        with self._guard:
            if masked in self._known:
                return
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known.add(masked)
            if len(self._waiting) < _REMEMBERED:
                self._waiting.append(masked)
        log.warning("notice of a connector", notice=masked)

    def take(self) -> list[str]:
        """The sentences since the last call, for the summary of a run."""
        with self._guard:
            sentences, self._waiting = self._waiting, []
        return sentences
