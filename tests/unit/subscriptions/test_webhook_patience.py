"""The schedule of a webhook that does not answer, as a table."""

from datetime import timedelta

import pytest

from lienthong.subscriptions.webhook_patience import JITTER, WebhookPatience
from tests.fake_systems import NOON

S, M, H = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)

TABLE = [
    # attempts so far, what the receiver asks for, the wait without jitter
    (1, None, 5 * S),
    (2, None, 5 * M),
    (3, None, 30 * M),
    (4, None, 2 * H),
    (5, None, 5 * H),
    (6, None, 10 * H),
    (7, None, 14 * H),
    (8, None, 20 * H),
    (9, None, 24 * H),
    (10, None, None),
    (11, None, None),
    (1, 1 * S, 5 * S),
    (1, 7 * S, 7 * S),
    (1, 24 * H, 24 * H),
    (3, 1 * M, 30 * M),
    (10, 1 * S, None),
]


@pytest.mark.parametrize(("failures", "asked", "wait"), TABLE)
def test_the_wait_after_each_attempt(failures: int, asked: timedelta | None, wait: timedelta | None) -> None:
    assert WebhookPatience(lambda: 0.0).wait(failures, NOON, NOON, asked) == wait


@pytest.mark.parametrize(("failures", "asked", "wait"), [row for row in TABLE if row[2] is not None and not row[1]])
def test_jitter_makes_a_wait_longer_and_never_shorter(failures: int, asked: None, wait: timedelta) -> None:
    assert WebhookPatience(lambda: 1.0).wait(failures, NOON, NOON, asked) == wait * (1 + JITTER)


def test_ten_attempts_take_three_days_and_an_outage_of_three_days_loses_nothing() -> None:
    patience = WebhookPatience(lambda: 0.0)
    waits = [patience.wait(failures, NOON, NOON, None) for failures in range(1, 10)]
    assert sum((wait for wait in waits if wait), timedelta()) >= timedelta(days=3)
