"""The stage of a sink: what an exception of the sink means."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from lienthong.envelope import Envelope
from lienthong.errors import Transient
from lienthong.outcome import Later, Outcome
from lienthong.ports import Transaction
from lienthong.processing.stage import SinkFailure, sink_stage
from lienthong.retry import RetryPolicy
from tests.events import event


class Unprintable(Exception):  # noqa: N818 - it names what is wrong with it
    """Its text cannot be read."""

    def __str__(self) -> str:
        raise ValueError("no text")


class Broken:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        raise self.error


@pytest.mark.parametrize(
    ("error", "transient", "outcome"),
    [
        (Transient("cổng bận", after=timedelta(seconds=9)), True, Later("cổng bận", timedelta(seconds=9), outage=True)),
        (KeyError("052085001234"), False, Later("lỗi chưa khai báo khi giao: KeyError")),
        (Unprintable("052085001234"), False, Later("lỗi chưa khai báo khi giao: Unprintable")),
    ],
)
def test_the_outcome_of_a_sink_that_raises_is_a_retry_and_shows_no_data(
    error: Exception, transient: bool, outcome: Later
) -> None:
    with pytest.raises(SinkFailure) as caught:
        sink_stage("sink.b", Broken(error), RetryPolicy()).handle([event("a")], None)  # type: ignore[arg-type]  # not used
    assert caught.value.is_transient is transient
    assert caught.value.outcome() == outcome


def test_another_process_that_was_quicker_is_no_outage() -> None:
    assert not SinkFailure(Transient("vừa có tiến trình khác ghi", outage=False)).outcome().outage
