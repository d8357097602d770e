"""Dead letters: by cause, a group with its letters, and one letter with all of its story."""

from collections.abc import Mapping
from typing import Any, get_args

from starlette.responses import Response

from lienthong.console.paging import first_page
from lienthong.console.rendering import render, see_other
from lienthong.console.visit import Visit
from lienthong.data.harmless import json_text
from lienthong.dead_letters.model import LetterFilter, LetterState
from lienthong.errors import WrongUse
from lienthong.messages import message
from lienthong.operations.edits import EditPreview, find_letter, preview
from lienthong.operations.labels import edit_state_label, state_label, verdict_label
from lienthong.operations.letters import LetterDetails, changes_since_before, groups, letter_details, letters
from lienthong.operations.moments import parse_since
from lienthong.operations.reveal import content_for, reveal
from lienthong.topology import route_queue, sink_queue

STATES = (*get_args(LetterState), "all")


def wanted(visit: Visit, group: str = "") -> LetterFilter:
    """The letters that the address states. Raises `WrongUse`."""
    state, after = visit.query("state") or "parked", visit.query("after") or "0"
    if state not in STATES:
        raise WrongUse(message("There is no state {state}.", state=repr(state)))
    if not after.isdecimal():
        raise WrongUse(message("The number of a letter is meant, not {text}.", text=repr(after)))
    return LetterFilter(
        None if state == "all" else state,  # type: ignore[arg-type]  # it is one of STATES
        visit.query("stage"),
        visit.query("source"),
        group or visit.query("group"),
        parse_since(visit.query("since"), visit.now),
        int(after),
    )


def show_groups(visit: Visit) -> Response:
    """The letters by cause."""
    found = groups(visit.storage.letter_store, wanted(visit), visit.settings)
    return render(visit, "dead_groups.html", groups=found, notes=visit.storage.group_notes.all(), **_choices(visit))


def show_group(visit: Visit) -> Response:
    """One cause with its letters. KeyError when no letter ever died of it."""
    of_group = wanted(visit, visit.part("group"))
    store = visit.storage.letter_store
    found = groups(store, LetterFilter(None, group=of_group.group), visit.settings)
    if not found:
        raise KeyError(of_group.group)
    parked = groups(store, LetterFilter(group=of_group.group), visit.settings)
    rows = first_page(letters(store, of_group, visit.settings), lambda row: row.summary.number)
    return render(
        visit,
        "dead_group.html",
        group=found[0],
        parked=parked[0] if parked else None,
        note=visit.storage.group_notes.all().get(of_group.group),
        paging=rows,
        **_choices(visit),
    )


def show_letters(visit: Visit) -> Response:
    """The letters by number."""
    rows = first_page(
        letters(visit.storage.letter_store, wanted(visit), visit.settings), lambda row: row.summary.number
    )
    return render(visit, "dead_letters.html", paging=rows, **_choices(visit))


def show_letter(visit: Visit) -> Response:
    """One letter: its attempts, what was done with it, and with the right to it, its content masked."""
    number = visit.part("number")
    details = letter_details(visit.storage.letter_store, int(number), visit.settings) if number.isdecimal() else None
    if details is None:
        raise KeyError(number)
    content, changes, seen = None, list[str](), None
    if visit.may("see-content"):
        event = visit.storage.letter_store.letters.load([int(number)])[0].envelope
        stage = details.letter.summary.stage
        seen = content_for(visit.context.reveal_store, visit.viewer, event, details.data, stage=stage)
        content = json_text(seen.data, indent=2)
        changes += changes_since_before(visit.storage.letter_store, details.letter.summary.event_id, visit.settings)
    return render(
        visit,
        "dead_letter.html",
        details=details,
        letter=details.letter.summary,
        content=content,
        seen=seen,
        changes=changes,
        proposal=_proposal(visit, details),
        edit_state_label=edit_state_label,
        state_label=state_label,
        verdict_label=verdict_label,
    )


def reveal_field(visit: Visit) -> Response:
    """Show one masked field to the viewer for a while, for the purpose that the form states."""
    number = visit.part("number")
    details = letter_details(visit.storage.letter_store, int(number), visit.settings) if number.isdecimal() else None
    if details is None:
        raise KeyError(number)
    event = visit.storage.letter_store.letters.load([int(number)])[0].envelope
    pointer, purpose, stage = visit.form.get("field", ""), visit.form.get("purpose", ""), details.letter.summary.stage
    store = visit.context.reveal_store
    reveal(store, visit.viewer, event, details.data, pointer=pointer, purpose=purpose, stage=stage)
    return see_other(f"/dead/letters/{number}")


def _proposal(visit: Visit, details: LetterDetails) -> EditPreview | None:
    """What the edit that waits for approval would change; None without one, or without the right to see contents."""
    waits = next((edit for edit in details.edits if edit.state == "proposed"), None)
    if waits is None or not visit.may("see-content"):
        return None
    store, number = visit.storage.letter_store, details.letter.summary.number
    letter = find_letter(store, number)
    return preview(store, letter, waits.data, settings=visit.settings, routes=visit.storage.routes())


def _choices(visit: Visit) -> Mapping[str, Any]:
    """What the lists can be filtered by."""
    settings = visit.settings
    return {
        "stages": [*map(route_queue, settings.routes), *map(sink_queue, settings.sinks)],
        "states": STATES,
        "state_label": state_label,
    }
