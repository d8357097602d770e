"""Logs why events died: one line for each reason in a bundle."""

from collections.abc import Sequence

import structlog

from lienthong.ledger.records import DeadLetter

log = structlog.get_logger(__name__)


def log_deaths(letters: Sequence[DeadLetter]) -> None:
    """Log the reasons, with the number of events and the id of the first one. The ledger has them all."""
    by_reason: dict[tuple[str, str | None, str], list[DeadLetter]] = {}
    for letter in letters:
        by_reason.setdefault((letter.error, letter.field, letter.reason), []).append(letter)
    for (error, field, reason), dead in by_reason.items():
        first = dead[0]
        log.warning(
            "event is dead",
            stage=first.stage,
            error=error,
            field=field,
            why=reason,
            events=len(dead),
            event_id=first.envelope.id,
            attempts=first.attempt,
        )
