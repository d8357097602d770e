"""What becomes of a notice: never sent at night, too late or twice; what is in doubt is never sent again."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lienthong.envelope import LOCAL_ZONE
from transforms.notices.decisions import (
    ACCEPTED,
    DELIVERED,
    EXPIRED,
    FAILED,
    HELD,
    IN_DOUBT,
    NOT_SENT,
    SENDING,
    STATES,
    Given,
    Notice,
    after_answer,
    judge,
)
from transforms.notices.rules import NoticeRules

RULES = NoticeRules.model_validate(
    {
        "since": "2023-01-01T00:00:00+07:00",
        "per_day": 3,
        "channels": {"zalo": {"patience": "2h", "tries": 3}, "sms": {"tries": 3}, "email": {"quiet": None}},
        "rules": {
            "accepted": {"happening": "accepted", "channels": ["zalo", "sms"], "template": "a", "useful_for": "3d"}
        },
    }
)
NOON = datetime(2026, 11, 26, 12, 0, tzinfo=LOCAL_ZONE).astimezone(UTC)
MOMENTS = st.integers(0, 5 * 365 * 86_400).map(
    lambda seconds: datetime(2023, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
CHANNELS = st.sampled_from([("zalo",), ("sms",), ("zalo", "sms"), ("zalo", "sms", "email"), ("email",)])
VERDICTS = st.sampled_from(
    [ACCEPTED, DELIVERED, "dead", FAILED, IN_DOUBT, NOT_SENT, "retry", "next_day", "other_channel", "configuration"]
)


def notice(state: str = HELD, **more: Any) -> Notice:
    return Notice(
        **{
            "state": state,
            "channel": "zalo",
            "channels": ("zalo", "sms"),
            "useful_until": NOON + timedelta(days=3),
            "attempt": 1 if state != HELD else 0,
            "sent_at": NOON if state != HELD else None,
            **more,
        }
    )


def answered(verdict: str, state: str = SENDING, *, at: datetime = NOON, **more: Any) -> Any:
    return after_answer(notice(state, **more), Given(verdict, at, attempt=1, channel="zalo"), RULES, at)


@given(MOMENTS, CHANNELS, st.integers(-100, 200), st.integers(0, 4), st.integers(0, 2))
def test_what_goes_goes_by_day_in_time_and_within_the_cap(
    now: datetime, channels: tuple[str, ...], hours: int, sent: int, attempt: int
) -> None:
    """Whatever the moment: it goes now and only until the night, or it is held until a later moment, or it ends."""
    until = now + timedelta(hours=hours)
    held = notice(channel=channels[0], channels=channels, useful_until=until, attempt=attempt)
    decision = judge(held, RULES, now, sent_today=sent)
    local = now.astimezone(LOCAL_ZONE)
    is_night = channels[0] != "email" and not 7 <= local.hour < 21
    if decision.state == SENDING:
        assert not is_night and now < until and (sent < 3 or attempt)
        assert decision.until is not None and now < decision.until <= until
        last = decision.until.astimezone(LOCAL_ZONE) - timedelta(microseconds=1)
        assert channels[0] == "email" or (last.date() == local.date() and last.hour < 21)
    elif decision.state == HELD:
        assert decision.until is not None and now < decision.until <= until and (is_night or sent >= 3)
    else:
        assert decision.state == EXPIRED and now >= until


@given(st.tuples(st.sampled_from(STATES), VERDICTS), CHANNELS, st.integers(0, 5), st.integers(0, 400), MOMENTS)
def test_only_what_was_surely_not_sent_is_held_again(
    given_answer: tuple[str, str], channels: tuple[str, ...], tries: int, hours: int, now: datetime
) -> None:
    state, verdict = given_answer
    before = notice(
        state, channel=channels[0], channels=channels, tries=tries, useful_until=now + timedelta(hours=hours)
    )
    before = Notice(**{name: getattr(before, name) for name in before.__slots__} | {"attempt": 1})
    decision = after_answer(before, Given(verdict, now, attempt=1), RULES, now)
    if decision is None:
        return
    assert state in (SENDING, IN_DOUBT, ACCEPTED, FAILED)
    if decision.state == HELD:
        assert verdict in (NOT_SENT, "retry", "next_day", "other_channel"), "it may have been sent"
        assert decision.channel in channels and decision.until is not None
    if state in (ACCEPTED, FAILED):
        assert verdict in (DELIVERED, "dead", FAILED, "other_channel")
    assert decision.state != SENDING, "an answer hands nothing over by itself"


def test_each_class_of_answer() -> None:
    assert answered(ACCEPTED).state == ACCEPTED
    assert answered(DELIVERED, ACCEPTED).state == DELIVERED
    assert answered("dead").state == FAILED
    again = answered("retry")
    assert (again.state, again.channel, again.until, again.tries) == (HELD, "zalo", NOON + timedelta(minutes=2), 1)
    assert answered("retry", tries=1).until == NOON + timedelta(minutes=10)
    assert answered("retry", tries=2).channel == "sms", "it was tried often enough"
    other = answered("other_channel")
    assert (other.state, other.channel, other.until, other.tries) == (HELD, "sms", NOON, 0)
    assert answered("other_channel", channels=("zalo",)).state == FAILED
    tomorrow = answered("next_day")
    assert tomorrow.until == datetime(2026, 11, 27, 7, 0, tzinfo=LOCAL_ZONE) and tomorrow.channel == "zalo"
    assert answered("next_day", useful_until=NOON + timedelta(hours=3)).channel == "sms"


def test_a_doubt_ends_by_a_receipt_a_query_or_a_person_and_is_asked_about_first() -> None:
    doubt = answered(IN_DOUBT)
    assert (doubt.state, doubt.until) == (IN_DOUBT, NOON + timedelta(minutes=10))
    assert answered(IN_DOUBT, IN_DOUBT) is None
    assert answered(DELIVERED, IN_DOUBT).state == DELIVERED
    assert answered("retry", IN_DOUBT).state == HELD, "the gateway states that it has none"


def test_what_came_too_late_for_the_night_waits_and_what_waited_too_long_takes_the_next_channel() -> None:
    night = datetime(2026, 11, 26, 21, 0, tzinfo=LOCAL_ZONE)
    assert answered(NOT_SENT, at=night, sent_at=night - timedelta(hours=1)).channel == "zalo"
    assert answered(NOT_SENT, at=NOON + timedelta(hours=2)).channel == "sms"


def test_an_answer_about_an_earlier_attempt_or_another_channel_changes_nothing() -> None:
    sending = notice(SENDING, attempt=2)
    assert after_answer(sending, Given("retry", NOON, attempt=1), RULES, NOON) is None
    assert after_answer(sending, Given(DELIVERED, NOON, channel="sms"), RULES, NOON) is None
    assert after_answer(sending, Given(DELIVERED, NOON, channel="zalo"), RULES, NOON) is not None
