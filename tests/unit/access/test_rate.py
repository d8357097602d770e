"""Rates: how they are written, and that a bucket lets exactly so many calls through."""

import pytest

from lienthong.access.rate import MOST_BUCKETS, Rate, RateLimiter, parse_rate
from lienthong.errors import WrongUse


@pytest.mark.parametrize(("text", "rate"), [("50/s", Rate(50, 1)), ("600/m", Rate(600, 60)), (" 1/h ", Rate(1, 3600))])
def test_a_rate_is_calls_in_a_unit_of_time(text: str, rate: Rate) -> None:
    assert parse_rate(text) == rate
    assert str(rate) == text.strip()


@pytest.mark.parametrize("text", ["", "50", "0/s", "-1/s", "1.5/s", "50/d", "99999999/s", "1/s\n2/s"])
def test_what_is_no_rate_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(WrongUse, match="50/s"):
        parse_rate(text)


def test_a_bucket_gives_its_calls_and_then_as_many_as_the_rate() -> None:
    limiter, rate = RateLimiter(), Rate(10, 1)
    assert [limiter.take("a", rate, 0.0) for _ in range(10)] == [0.0] * 10
    assert limiter.take("a", rate, 0.0) == pytest.approx(0.1)
    assert limiter.take("b", rate, 0.0) == 0.0
    assert limiter.take("a", rate, 0.1) == 0.0
    assert limiter.take("a", rate, 0.1) > 0


def test_over_a_long_time_a_caller_who_never_waits_gets_the_rate() -> None:
    limiter, rate = RateLimiter(), Rate(60, 60)
    allowed = sum(limiter.take("a", rate, tenth / 10) == 0 for tenth in range(6000))
    assert 600 + 55 <= allowed <= 600 + 60


def test_callers_from_ever_new_addresses_fill_no_memory() -> None:
    limiter = RateLimiter()
    for number in range(3 * MOST_BUCKETS):
        assert limiter.take(f"address {number}", Rate(1, 1), number / 1000) == 0
    assert len(limiter._buckets) <= MOST_BUCKETS
    assert limiter._full_at.keys() == limiter._buckets.keys()


def test_who_is_over_the_rate_stays_so_while_others_are_forgotten() -> None:
    limiter = RateLimiter()
    for _ in range(10):
        limiter.take("greedy", Rate(10, 3600), 100.0)
    for number in range(2 * MOST_BUCKETS):
        limiter.take(f"address {number}", Rate(1, 1), 100.0 + number / 1000)
    assert limiter.take("greedy", Rate(10, 3600), 125.0) > 0
