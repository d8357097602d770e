"""What is done with dead letters: looked at before a replay, replayed, discarded, noted on."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from starlette.responses import Response

from lienthong.console import job_kinds
from lienthong.console.pages import jobs
from lienthong.console.rendering import see_other
from lienthong.console.visit import Visit
from lienthong.dead_letters.group_notes import GroupNote
from lienthong.dead_letters.rate_limit import parse_rate
from lienthong.errors import WrongUse
from lienthong.masking import mask_text
from lienthong.messages import message
from lienthong.operations.group_notes import write_note

TYPED_ABOVE = 100
"""A replay or a discard of more letters than this needs their number typed."""


def preview(visit: Visit) -> Response:
    """Begin to look what a replay of a group, or of one letter, would do."""
    order = {
        "group": visit.form.get("group", ""),
        "numbers": _numbers(visit),
        "repeats": visit.form.get("repeats") == "yes",
    }
    if not order["group"] and not order["numbers"]:
        raise WrongUse(message("No letter was named."))
    return jobs.begin(visit, job_kinds.PREVIEW, order, job_kinds.preview(visit.context, order))


def replay(visit: Visit) -> Response:
    """Begin to send the set that a preview showed, and no other."""
    shown = jobs.find(visit, visit.form.get("preview", ""))
    if shown.kind != job_kinds.PREVIEW or shown.state != "done":
        raise WrongUse(message("Look first what the replay would do."))
    found = shown.result["set"]
    _require_typed(visit, found["count"])
    order: dict[str, Any] = {
        **shown.order,
        "expect": found["hash"],
        "canary": _whole(visit, "canary"),
        "stop_on": _whole(visit, "stop_on"),
        "rate": _rate(visit),
    }
    return jobs.begin(visit, job_kinds.REPLAY, order, job_kinds.replay(visit.context, order, visit.actor))


def discard(visit: Visit) -> Response:
    """Begin to give up a group, or one letter, with a reason."""
    reason = mask_text(" ".join(visit.form.get("reason", "").split()))
    if not reason:
        raise WrongUse(message("A discard needs a reason."))
    order = {"group": visit.form.get("group", ""), "numbers": _numbers(visit), "reason": reason}
    if not order["group"] and not order["numbers"]:
        raise WrongUse(message("No letter was named."))
    if visit.form.get("count", "").isdecimal():
        _require_typed(visit, int(visit.form["count"]))
    return jobs.begin(visit, job_kinds.DISCARD, order, job_kinds.discard(visit.context, order, visit.actor))


def note(visit: Visit) -> Response:
    """Write who looks after a group, where it is followed, and until when it counts as known."""
    form, group = visit.form, visit.part("group")
    until = form.get("known_until", "").strip()
    try:
        known_until = date.fromisoformat(until) if until else None
    except ValueError:
        raise WrongUse(
            message("The day {text} cannot be read; write for example 2026-12-24.", text=repr(until))
        ) from None
    written = GroupNote(
        group=group,
        owner=visit.viewer.name if form.get("take") else form.get("owner", ""),
        ticket=form.get("ticket", ""),
        note=form.get("note", ""),
        known_until=known_until,
    )
    storage = visit.storage
    write_note(storage.group_notes, storage.ledger, storage.clock, written, who=visit.actor)
    return see_other(f"/dead/groups/{group}")


def _numbers(visit: Visit) -> Sequence[int]:
    number = visit.form.get("number", "")
    return [int(number)] if number.isdecimal() else []


def _require_typed(visit: Visit, count: int) -> None:
    if count > TYPED_ABOVE and visit.form.get("typed", "").strip() != str(count):
        raise WrongUse(message("{count} letters are meant: type this number to confirm.", count=count))


def _whole(visit: Visit, name: str) -> int:
    text = visit.form.get(name, "").strip() or "0"
    if not text.isdecimal():
        raise WrongUse(message("A whole number is meant, not {text}.", text=repr(text)))
    return int(text)


def _rate(visit: Visit) -> str:
    text = visit.form.get("rate", "").strip()
    try:
        if text:
            parse_rate(text)
    except ValueError:
        raise WrongUse(
            message("The rate {rate} is wrong; write for example 50/s, 30/m or 10/h.", rate=repr(text))
        ) from None
    return text
