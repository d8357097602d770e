"""The sums of the ledger are kept each minute, and sooner where much was written."""

import threading
from typing import Any, cast

from lienthong.errors import Transient
from lienthong.ledger.records import KEPT_FROM
from lienthong.maintenance.corrections import Corrections
from lienthong.maintenance.kept_sums import keep_sums
from lienthong.ports import Ledger


class Looks(threading.Event):
    """A stop that is set after a number of waits, none of which takes time."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.left = number
        self.seconds: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.seconds.append(timeout)
        self.left -= 1
        return self.left < 0


class Sums:
    """A ledger of which so many entries were written since the sums were kept, and the corrections of its bus."""

    def __init__(self, written: int = 0, *, down: bool = False) -> None:
        self.written, self.down = written, down
        self.asked: list[int] = []
        self.corrected = 0

    def keep_sums(self, *, at_least: int = 1) -> bool:
        self.asked.append(at_least)
        if self.down:
            raise Transient("down")
        return self.written >= at_least

    def run(self) -> int:
        self.corrected += 1
        return 0


def _look(sums: Sums, looks: int) -> Looks:
    stop = Looks(looks)
    keep_sums(cast(Ledger, sums), cast(Corrections, cast(Any, sums)), stop)
    return stop


def test_little_is_kept_once_a_minute() -> None:
    sums = Sums(written=3)
    stop = _look(sums, 12)
    assert sums.asked == ([KEPT_FROM] * 5 + [1]) * 2
    assert sums.corrected == 2
    assert sum(filter(None, stop.seconds[:6])) == 60


def test_much_is_kept_and_corrected_at_the_next_look() -> None:
    sums = Sums(written=KEPT_FROM)
    _look(sums, 3)
    assert (sums.asked, sums.corrected) == ([KEPT_FROM] * 3, 3)


def test_a_database_that_does_not_answer_is_asked_again() -> None:
    sums = Sums(down=True)
    _look(sums, 7)
    assert (len(sums.asked), sums.corrected) == (7, 0)
