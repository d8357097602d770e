"""The names of queues and exchanges on RabbitMQ."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.adapters.rabbitmq.naming import queue_name, rung_name

SECOND = timedelta(seconds=1)
waits = st.timedeltas(timedelta(milliseconds=1), timedelta(days=30)).map(
    lambda wait: wait - timedelta(microseconds=wait.microseconds % 1000)
)


def test_names_carry_the_version_of_their_declaration() -> None:
    assert queue_name("route.a") == "lt1.route.a"
    assert [rung_name(n * SECOND) for n in (0.2, 5, 90, 120, 3600, 86400)] == [
        "lt1.delay.200ms",
        "lt1.delay.5s",
        "lt1.delay.90s",
        "lt1.delay.2m",
        "lt1.delay.1h",
        "lt1.delay.1d",
    ]


def test_a_wait_that_is_no_whole_number_of_milliseconds_has_no_rung() -> None:
    with pytest.raises(ValueError, match="milliseconds"):
        rung_name(timedelta(microseconds=1500))


@given(waits, waits)
def test_only_equal_waits_share_a_name(first: timedelta, second: timedelta) -> None:
    assert (rung_name(first) == rung_name(second)) == (first == second)
