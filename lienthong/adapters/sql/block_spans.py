"""Where the entries of a block stand in the index of entries, which begins with the moment and the id of their event.

Entries have no index by block (ADR 17). Most blocks are about events that were received together, and are found between
their first and last moment. A block about old events, or about old and new ones, names each place in the index: a
history of years lies between the letters that an operator discards at once.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from lienthong.envelope import parse_utc

NEAR = timedelta(milliseconds=10)
"""Events that were received one after the other within this time stand together: little else lies between them."""

FEW = 8
"""Fewer events than this are named one by one, since a moment may have hundreds of others."""

FIRST_ID, LAST_ID = " ", "~"
"""Texts before and after every id of an event."""

Key = tuple[str, str]
"""The moment of receipt of an event, as text, and its id."""


class Span(NamedTuple):
    """A part of the index, from one moment and id to another; both are included."""

    first: str
    first_id: str
    last: str
    last_id: str

    @property
    def is_event(self) -> bool:
        """Whether it is one event; else it is all between two moments."""
        return self[:2] == self[2:]


def name_spans(first_turns: Collection[Key], later_turns: Collection[Key]) -> str | None:
    """The places of the events of a block, as the column `spans` has them. None: what lies between their moments.

    A line is a moment and an id, with a space in between, or two moments with a slash. Events with a later turn, which
    had to wait, were replayed or discarded, are few among those of their moment, so each of them is named.
    """
    if not later_turns and _is_near(min(first_turns)[0], max(first_turns)[0]) and len(set(first_turns)) >= FEW:
        return None  # the usual case
    groups = _group(sorted(set(first_turns))) if first_turns else []
    lines = {line for group in groups for line in _lines(group)}
    return "\n".join(sorted(lines.union(map(" ".join, later_turns))))


def parse_spans(*, oldest: str, newest: str, spans: str | None) -> Iterator[Span]:
    """The places that a block names."""
    if spans is None:
        yield Span(oldest, FIRST_ID, newest, LAST_ID)
        return
    for line in spans.split("\n"):
        moment, is_event, event_id = line.partition(" ")
        if is_event:
            yield Span(moment, event_id, moment, event_id)
        else:
            first, _, last = line.partition("/")
            yield Span(first, FIRST_ID, last, LAST_ID)


def join_spans(spans: Iterable[Span]) -> list[Span]:
    """The same places in order, none of them twice."""
    joined: list[Span] = []
    for span in sorted(spans):
        before = joined[-1] if joined else None
        if before is None or span[:2] > before[2:]:
            joined.append(span)
        elif span[2:] > before[2:]:
            joined[-1] = Span(*before[:2], *span[2:])
    return joined


def _group(keys: Sequence[Key]) -> list[Sequence[Key]]:
    """Keys in order, in groups of events that were received together."""
    starts = [0, *(at for at in range(1, len(keys)) if not _is_near(keys[at - 1][0], keys[at][0]))]
    return [keys[start:end] for start, end in zip(starts, [*starts[1:], len(keys)], strict=True)]


def _is_near(moment: str, later: str) -> bool:
    return moment == later or parse_utc(later) - parse_utc(moment) <= NEAR


def _lines(group: Sequence[Key]) -> Iterable[str]:
    return [f"{group[0][0]}/{group[-1][0]}"] if len(group) >= FEW else map(" ".join, group)
