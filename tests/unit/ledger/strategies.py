"""Invented entries for property tests."""

from hypothesis import strategies as st

from lienthong.ledger.records import Entry, Verdict
from tests.events import entry, event

VERDICTS: tuple[Verdict, ...] = ("received", "done", "dropped", "later", "dead", "replayed", "discarded", "passed")
STAGES = st.sampled_from(["route.a", "route.b", "sink.c", "sink.d"])


def _entry(name: str, stage: str, verdict: Verdict, turn: int, to: list[str]) -> Entry:
    return entry(event(name), stage, verdict, turn=turn, to=tuple(to))


ENTRIES = st.builds(
    _entry,
    st.text(max_size=3),
    STAGES,
    st.sampled_from(VERDICTS),
    st.integers(0, 5),
    st.lists(STAGES, max_size=3, unique=True),
)
"""An entry of any verdict, at any of four stages."""
