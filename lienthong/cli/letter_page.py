"""The page of one dead letter: what it is, its attempts, what was done with it, its data."""

from collections.abc import Iterable

from rich.console import Console
from rich.highlighter import JSONHighlighter

from lienthong.cli.output import print_text
from lienthong.data.harmless import json_text
from lienthong.data.local_time import local_time
from lienthong.ledger.records import Entry
from lienthong.messages import Message, message, message_n
from lienthong.operations.labels import edit_state_label, state_label, verdict_label
from lienthong.operations.letters import LetterDetails

DIGEST_DIGITS = 16
"""Digits of an edit's digest that are shown; the ledger has the same."""


def print_letter(console: Console, details: LetterDetails) -> None:
    """Write the page."""
    _print_heading(console, details)
    _print_story(console, message("Attempts:"), details.attempts)
    _print_story(console, message("Acts:"), details.acts)
    for edit in details.edits:
        line = message(
            "Edit {digest} of {person}: {state}.",
            digest=edit.digest[:DIGEST_DIGITS],
            person=edit.proposed_by,
            state=edit_state_label(edit.state),
        )
        print_text(console, line)
    if not details.keys_known:
        text = message(
            "It is not known which keys of {type} hold personal data, so every text value is hidden. Name the "
            "schema of this type under `types` of config/bus.yaml, and see `lienthong check`.",
            type=details.type,
        )
        print_text(console, text)
    console.print(JSONHighlighter()(json_text(details.data, indent=2)), soft_wrap=True)


def _print_heading(console: Console, details: LetterDetails) -> None:
    letter = details.letter.summary
    subject = letter.subject or message("(no code)")
    title = message(
        "Letter {number} ({state}): {subject}", number=letter.number, state=state_label(letter.state), subject=subject
    )
    print_text(console, title, "bold")
    event = message(
        "Event {event}, type {type}, from source {source}.",
        event=letter.event_id,
        type=details.type,
        source=letter.source,
    )
    print_text(console, f"  {event}")
    death = message_n(
        "It died at {time} at {stage} after {count} attempt; error {error}: {reason}",
        "It died at {time} at {stage} after {count} attempts; error {error}: {reason}",
        count=letter.attempt,
        time=local_time(letter.died_at),
        stage=letter.stage,
        error=letter.error,
        reason=with_field(letter.field, letter.reason),
    )
    print_text(console, f"  {death}")


def _print_story(console: Console, title: Message, entries: Iterable[Entry]) -> None:
    for place, entry in enumerate(entries):
        if place == 0:
            print_text(console, title)
        who = f" — {entry.who}" if entry.who else ""
        time = local_time(entry.at or entry.received_at)
        print_text(console, f"  {time}  {verdict_label(entry.verdict)}{who}: {entry.reason or '—'}")


def with_field(field: str | None, reason: str) -> str:
    """The reason of a death, with the field it is about."""
    return message("field `{field}` — {reason}", field=field, reason=reason) if field else reason
