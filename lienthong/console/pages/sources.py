"""Sources: how each of them is, when it last brought something new, and what a person has to know."""

from collections.abc import Mapping, Sequence

from starlette.responses import Response

from lienthong.configuration import duration
from lienthong.console.rendering import render
from lienthong.console.visit import Visit
from lienthong.envelope import LOCAL_ZONE
from lienthong.operations.balance import current_balance
from lienthong.operations.labels import source_state_label
from lienthong.operations.recent_days import received_by_day
from lienthong.operations.source_sentences import source_sentences
from lienthong.operations.sources import SourceView, look_at_sources

DAYS = 14
"""Days of the small picture of a source."""


def show_sources(visit: Visit) -> Response:
    """Every source, schedule and inbox."""
    views, days = _views(visit), _days(visit)
    return render(visit, "sources.html", views=views, days=days, **_words())


def show_source(visit: Visit) -> Response:
    """One of them, with all that is known. KeyError when there is none of this name."""
    name = visit.part("name")
    view = next((one for one in _views(visit) if one.name == name), None)
    if view is None:
        raise KeyError(name)
    days = _days(visit).get(name, ())
    return render(visit, "source.html", view=view, days=days, **_words())


def _views(visit: Visit) -> Sequence[SourceView]:
    storage = visit.storage
    return look_at_sources(storage.status_board, storage.ledger, visit.settings, visit.now)


def _days(visit: Visit) -> Mapping[str, Sequence[tuple[str, int]]]:
    today = visit.now.astimezone(LOCAL_ZONE).date()
    return received_by_day(current_balance(visit.storage.ledger), today, DAYS)


def _words() -> Mapping[str, object]:
    return {"state_label": source_state_label, "sentences": source_sentences, "span": duration.show}
