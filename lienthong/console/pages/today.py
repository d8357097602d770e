"""Today: six sentences that state how the bus is, and the groups of dead letters to begin with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.responses import Response

from lienthong.console.rendering import href, render
from lienthong.console.visit import Visit
from lienthong.messages import Message, message
from lienthong.operations.today import Sign, Topic, look_at_today

GROUPS = 5
"""Groups of dead letters that stand on the page itself."""

_TOPICS: Mapping[Topic, tuple[Callable[[], Message], str]] = {
    "sources": (lambda: message("Sources"), "/sources"),
    "dead-letters": (lambda: message("Dead letters"), "/dead"),
    "deadlines": (lambda: message("Deadlines"), "/deadlines"),
    "waiting": (lambda: message("Waiting events"), "/queues"),
    "balance": (lambda: message("Balance and reconciliation"), "/balance"),
    "ledger": (lambda: message("Ledger"), "/ledger"),
}
"""By topic, the title of its tile and the page behind it."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One of the six. `href` is "" where the viewer may not open the page behind it."""

    sign: Sign
    title: str
    href: str


def show(visit: Visit) -> Response:
    """The page."""
    place, letter_store = visit.context.place, visit.storage.letter_store
    open_to_viewer = {item.href for item in visit.menu}
    tiles = []
    for sign in look_at_today(place, letter_store, visit.storage.group_notes, visit.storage.site):
        title, path = _TOPICS[sign.topic]
        tiles.append(Tile(sign, title(), href(path) if href(path) in open_to_viewer else ""))
    bad = [tile.title for tile in tiles if tile.sign.state == "bad"]
    return render(visit, "today.html", tiles=tiles, bad=bad, most=GROUPS)
