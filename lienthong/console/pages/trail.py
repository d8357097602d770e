"""The trail: everything that happened to a dossier, to an event, or to what else the ledger has under a name."""

from collections.abc import Sequence

from starlette.responses import Response

from lienthong.console.rendering import render, see_other
from lienthong.console.visit import Visit
from lienthong.data.harmless import json_text
from lienthong.errors import WrongUse
from lienthong.ledger.records import Entry
from lienthong.masking import mask_text
from lienthong.messages import message
from lienthong.operations.labels import verdict_label
from lienthong.operations.letters import changes_since_before, content_of
from lienthong.operations.trail import entries_by_event, trail

EVENTS = 50
"""Events of a page: the latest; the address leads to earlier ones."""


def ask(visit: Visit) -> Response:
    """The page with the search field."""
    return render(visit, "trail.html", key="", events=(), earlier="", count=0, **_words())


def search(visit: Visit) -> Response:
    """To the address of what is searched for. What may be a number of a person is never put into an address."""
    key = visit.form.get("key", "").strip()
    if not key or len(key) > 300:
        raise WrongUse(message("Write the code of a dossier, or the id of an event."))
    if mask_text(key) != key:
        return _show(visit, key)
    return see_other(f"/trail/{key}")


def show(visit: Visit) -> Response:
    """Everything under the key that the address states."""
    return _show(visit, visit.part("key"))


def show_event(visit: Visit) -> Response:
    """One event: its entries, and with the right to contents what it holds and what is new in it. KeyError for one
    that is not known.
    """
    event_id = visit.part("event")
    entries = [entry for entry in trail(visit.storage.ledger, event_id) if entry.event_id == event_id]
    if not entries:
        raise KeyError(event_id)
    content, changes = None, list[str]()
    if visit.may("see-content"):
        store = visit.storage.letter_store
        found = content_of(store, event_id, visit.settings)
        content = json_text(found, indent=2) if found is not None else ""
        changes += changes_since_before(store, event_id, visit.settings)
    return render(visit, "event.html", entries=entries, content=content, changes=changes, **_words())


def _show(visit: Visit, key: str) -> Response:
    entries: Sequence[Entry] = trail(visit.storage.ledger, key)
    by_event = list(entries_by_event(entries).items())
    ids = [event for event, _ in by_event]
    until = visit.query("until")
    end = ids.index(until) if until in ids else len(ids)
    begin = max(0, end - EVENTS)
    earlier = ids[begin] if begin else ""
    shown = by_event[begin:end]
    status = 200 if entries else 404
    return render(
        visit, "trail.html", status, key=mask_text(key), events=shown, earlier=earlier, count=len(by_event), **_words()
    )


def _words() -> dict[str, object]:
    return {"verdict_label": verdict_label}
