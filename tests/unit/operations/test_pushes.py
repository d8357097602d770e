"""What is noted of pushes is kept while the database does not answer."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from lienthong.adapters.clock import ReplayClock
from lienthong.errors import Transient
from lienthong.operations.pushes import CountedPushes
from lienthong.ports import PushStatus

NOW = datetime(2026, 11, 28, tzinfo=UTC)


class Notes:
    """Notes of a database that may be down."""

    def __init__(self) -> None:
        self.is_down = True
        self.added: list[PushStatus] = []

    def add(self, statuses: Sequence[PushStatus]) -> None:
        if self.is_down:
            raise Transient("down")
        self.added += statuses

    def read(self) -> dict[str, PushStatus]:
        raise AssertionError("not read")


def test_counts_are_kept_until_they_are_written() -> None:
    counted, clock, notes = CountedPushes(), ReplayClock(NOW), Notes()
    counted.note_push("a", clock, new=2)
    with pytest.raises(Transient):
        counted.write(notes)
    clock.move_to(NOW + timedelta(1))
    counted.note_push("a", clock, new=0)
    counted.note_refusal("a", clock, "x")
    counted.note_refusal("b", clock, "y")
    with pytest.raises(Transient):
        counted.write(notes)
    notes.is_down = False
    counted.write(notes)
    later = NOW + timedelta(1)
    assert notes.added == [
        PushStatus("a", 2, 1, later, NOW, later, "x"),
        PushStatus("b", 0, 1, None, None, later, "y"),
    ]
    counted.write(notes)
    assert len(notes.added) == 2
