"""Edits of dead letters: one person proposes, another approves, and each sees the difference before it counts."""

from starlette.responses import Response

from lienthong.console.rendering import render, see_other
from lienthong.console.visit import Visit
from lienthong.errors import WrongUse
from lienthong.messages import message
from lienthong.operations import edits


def show(visit: Visit) -> Response:
    """The letter's data to edit. What is masked in it stays as it is."""
    number = _number(visit)
    letter = edits.find_letter(visit.storage.letter_store, number)
    text = edits.masked_document(letter, visit.settings)
    return render(visit, "dead_edit.html", number=number, text=text, reason="", preview=None)


def propose(visit: Visit) -> Response:
    """Show what the edit would change and come to; propose it when that was asked for.

    One that the stage would reject is proposed only where the form states `anyway`.
    """
    number, store, settings = _number(visit), visit.storage.letter_store, visit.settings
    text, reason = visit.form.get("text", ""), visit.form.get("reason", "").strip()
    letter = edits.find_letter(store, number)
    data = edits.edited_data(letter, settings, document=text.encode())
    found = edits.preview(store, letter, data, settings=settings, routes=visit.storage.routes())
    if visit.form.get("act") == "propose" and (found.is_accepted or visit.form.get("anyway") == "yes"):
        if not reason:
            raise WrongUse(message("A proposal needs a reason."))
        edits.propose(store, number, data, who=visit.actor, reason=reason)
        return see_other(f"/dead/letters/{number}")
    return render(visit, "dead_edit.html", number=number, text=text, reason=reason, preview=found)


def approve(visit: Visit) -> Response:
    """Approve the edit that another person proposed."""
    number, store = _number(visit), visit.storage.letter_store
    edits.approve(store, edits.pending_edit(store, number), who=visit.actor)
    return see_other(f"/dead/letters/{number}")


def refuse(visit: Visit) -> Response:
    """Refuse a proposal, or take it back; the letter stays as it is."""
    number, store, reason = _number(visit), visit.storage.letter_store, visit.form.get("why", "").strip()
    if not reason:
        raise WrongUse(message("A refusal needs a reason."))
    edits.refuse(store, edits.pending_edit(store, number), who=visit.actor, reason=reason)
    return see_other(f"/dead/letters/{number}")


def _number(visit: Visit) -> int:
    """The number of the letter. Raises KeyError for anything else."""
    number = visit.part("number")
    if not number.isdecimal():
        raise KeyError(number)
    return int(number)
