"""A ledger that is down is known: calls are refused at once, one in a while tries, and a success ends it."""

import pytest

from lienthong.errors import Transient
from lienthong.requests.ledger_watch import PROBE_SECONDS, STUCK_SECONDS, LedgerWatch


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


def fail(watch: LedgerWatch, *, outage: bool = True) -> None:
    with pytest.raises(Transient), watch.call():
        raise Transient("no answer", outage=outage)


def test_after_an_outage_one_call_in_a_while_may_try(time: Time) -> None:
    watch = LedgerWatch(time)
    watch.require()
    fail(watch)
    with pytest.raises(Transient):
        watch.require()
    time.now += PROBE_SECONDS
    watch.require()
    with pytest.raises(Transient):
        watch.require()
    with watch.call():
        pass
    watch.require()


def test_a_call_that_does_not_return_shows_that_the_ledger_hangs(time: Time) -> None:
    watch = LedgerWatch(time)
    with watch.call():
        watch.require()
        time.now += STUCK_SECONDS + 0.1
        with pytest.raises(Transient):
            watch.require()
    watch.require()


def test_while_a_call_hangs_for_ever_another_may_try_now_and_then(time: Time) -> None:
    watch = LedgerWatch(time)
    with watch.call():
        time.now += STUCK_SECONDS + 0.1
        with pytest.raises(Transient):
            watch.require()
        time.now += PROBE_SECONDS
        watch.require()
        with pytest.raises(Transient):
            watch.require()


def test_a_transaction_that_another_process_was_in_the_way_of_is_no_outage(time: Time) -> None:
    watch = LedgerWatch(time)
    fail(watch, outage=False)
    watch.require()
