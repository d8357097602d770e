"""When to try again."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lienthong.retry import RetryPolicy

waits = st.lists(st.integers(1, 7200), min_size=1, max_size=6, unique=True).map(sorted)
policies = st.builds(
    lambda rungs, attempts, limit: RetryPolicy(
        tuple(timedelta(seconds=rung) for rung in rungs), attempts, timedelta(seconds=limit)
    ),
    waits,
    st.integers(1, 12),
    st.integers(1, 100_000),
)


@given(policies)
def test_waits_never_get_shorter_and_end_within_attempts_and_limit(policy: RetryPolicy) -> None:
    given_waits = []
    for attempt in range(1, 20):
        wait = policy.wait_after(attempt)
        if wait is None:
            break
        given_waits.append(wait)
    assert all(earlier <= later for earlier, later in pairwise(given_waits))
    assert len(given_waits) < policy.attempts
    assert sum(given_waits, timedelta()) <= policy.limit
    assert policy.wait_after(len(given_waits) + 1) is None


@given(policies, st.integers(1, 10), st.integers(0, 10_000))
def test_a_requested_wait_is_kept_or_there_is_no_further_attempt(
    policy: RetryPolicy, attempt: int, seconds: int
) -> None:
    requested = timedelta(seconds=seconds)
    wait = policy.wait_after(attempt, requested=requested)
    assert wait is None or (wait in policy.rungs and wait >= min(requested, max(policy.rungs)))
    if wait is not None:
        assert wait >= requested or wait == policy.wait_after(attempt)


def test_an_example_of_a_ladder() -> None:
    policy = RetryPolicy((timedelta(seconds=5), timedelta(seconds=30)), attempts=4, limit=timedelta(hours=1))
    assert [policy.wait_after(n) for n in (1, 2, 3, 4)] == [
        timedelta(seconds=5),
        timedelta(seconds=30),
        timedelta(seconds=30),
        None,
    ]
    assert policy.total_wait(3) == timedelta(seconds=65)
    assert policy.wait_after(1, requested=timedelta(seconds=20)) == timedelta(seconds=30)
    assert policy.wait_after(1, requested=timedelta(minutes=5)) is None
