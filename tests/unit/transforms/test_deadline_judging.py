"""Deadlines of dossiers, petitions and disputes, as the province's rules give them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lienthong import Rejected
from tests.examples import examples
from tests.unit.transforms.deadline_days import (
    DOSSIER,
    MINUTE,
    PETITION,
    by_minutes,
    event,
    fact,
    judged,
    local,
    province,
    together,
)
from transforms.deadline_facts import Fact, Subject, facts_of, merge
from transforms.deadline_judging import judge

ACCEPTANCE, PROCESSING, APOLOGY = "acceptance/submitted/1", "processing/accepted/1", "apology/accepted/1"


def test_the_answer_is_due_eight_working_hours_after_the_receipt() -> None:
    one = judged([fact("submitted", "2026-11-19 14:00")], "2026-11-20 08:00")[ACCEPTANCE]
    assert (one.state, one.due_at, one.allowed) == ("running", local("2026-11-20 14:00"), 480)
    assert (one.risk_at, one.elapsed) == (local("2026-11-20 10:00"), 240)


@pytest.mark.parametrize(
    ("submitted", "due"),
    [
        ("2026-02-13 16:00", "2026-02-23 16:00"),  # over Tết: 16 to 20 February are off
        ("2026-08-21 16:00", "2026-08-22 16:00"),  # 22 August is a Saturday that is worked for 31 August
        ("2026-08-28 16:00", "2026-09-03 16:00"),  # 31 August exchanged, 1 and 2 September off
        ("2026-11-23 16:00", "2026-11-25 16:00"),  # 24 November, the new holiday
        ("2025-11-23 16:00", "2025-11-24 17:00"),  # which 2025 did not have yet; from a Sunday on
    ],
)
def test_days_off_and_swapped_saturdays_count_as_announced(submitted: str, due: str) -> None:
    assert judged([fact("submitted", submitted)], submitted)[ACCEPTANCE].due_at == local(due)


def test_what_happened_in_time_is_met_however_late_it_is_known() -> None:
    facts = [fact("submitted", "2026-11-19 08:00"), fact("accepted", "2026-11-19 17:00")]
    assert judged(facts, "2026-12-10 08:00")[ACCEPTANCE].state == "met"
    late = [facts[0], fact("accepted", "2026-11-20 08:01")]
    assert judged(late, "2026-12-10 08:00")[ACCEPTANCE].state == "breached"


def test_the_moment_that_is_due_is_still_in_time() -> None:
    start = fact("submitted", "2026-11-18 08:00")
    due = judged([start], "2026-11-18 08:00")[ACCEPTANCE].due_at
    assert due is not None
    assert judged([start], due)[ACCEPTANCE].state == "running"
    assert judged([start], due + timedelta(microseconds=1))[ACCEPTANCE].state == "breached"
    assert judged([start, fact("accepted", due)], "2026-12-10 08:00")[ACCEPTANCE].state == "met"


def test_a_request_for_a_supplement_is_an_answer() -> None:
    facts = [fact("submitted", "2026-11-16 08:00"), fact("supplement_requested", "2026-11-16 09:00")]
    one = judged(facts, "2026-11-18 10:00")[ACCEPTANCE]
    assert (one.state, one.ended_by) == ("met", "supplement_requested")
    earlier = fact("accepted", "2026-11-15 08:30")  # what ended it before it began, by clocks that differ
    assert judged([*facts, earlier], "2026-11-18 10:00")[ACCEPTANCE].ended_by == "accepted"


def processed(*more: Fact) -> list[Fact]:
    appointment = local("2026-11-20 16:00").isoformat()
    return [fact("accepted", "2026-11-16 08:00", appointment_at=appointment), *more]


def test_processing_is_due_at_the_appointment_and_stands_still_while_the_citizen_is_awaited() -> None:
    assert judged(processed(), "2026-11-16 09:00")[PROCESSING].due_at == local("2026-11-20 16:00")
    asked = fact("supplement_requested", "2026-11-18 08:00")
    paused = judged(processed(asked), "2026-12-18 08:00")[PROCESSING]
    assert (paused.state, paused.due_at, paused.elapsed) == ("paused", None, 960)
    answered = fact("supplement_received", "2026-11-25 08:00")
    again = judged(processed(asked, answered), "2026-11-25 09:00")[PROCESSING]
    assert (again.state, again.due_at) == ("running", local("2026-11-27 16:00"))


def reappointed(at: str, to: str, number: int = 1, before: str = "2026-11-20 16:00") -> Fact:
    moments = {"appointment_at": local(to).isoformat(), "previous_appointment_at": local(before).isoformat()}
    return fact("reappointed", at, number, order=f"2{number}", **moments)


def test_the_newest_appointment_counts_and_the_second_change_of_it_is_a_breach() -> None:
    first = reappointed("2026-11-18 08:00", "2026-11-26 16:00")
    found = judged(processed(first), "2026-11-19 08:00")
    assert (found[PROCESSING].state, found[PROCESSING].due_at) == ("running", local("2026-11-26 16:00"))
    assert "one-reappointment/reappointed/1" not in found
    second = reappointed("2026-11-26 08:00", "2026-12-04 16:00", 2, "2026-11-26 16:00")
    again = judged(processed(second, first), "2026-11-26 08:00")
    counted = again["one-reappointment/reappointed/2"]
    assert (counted.state, counted.breach_at) == ("breached", local("2026-11-26 08:00"))
    assert again[PROCESSING].due_at == local("2026-12-04 16:00")


def test_a_second_request_for_a_supplement_is_a_breach() -> None:
    first, second = (
        fact("supplement_requested", "2026-11-17 08:00"),
        fact("supplement_requested", "2026-11-19 08:00", 2),
    )
    assert not [key for key in judged(processed(first), "2026-11-20 08:00") if key.startswith("one-")]
    assert (
        judged(processed(second, first), "2026-11-20 08:00")["one-supplement/supplement_requested/2"].state
        == "breached"
    )


APOLOGIES = [
    ([], "2026-11-19 08:00", "running", None),
    ([], "2026-11-20 08:00", "running", None),  # the day for it is over; whether it was needed is open
    ([], "2026-11-20 16:01", "breached", "2026-11-20 16:00"),
    ([fact("completed", "2026-11-20 15:00")], "2026-11-23 08:00", "met", None),
    ([fact("completed", "2026-11-20 16:30")], "2026-11-23 08:00", "breached", "2026-11-20 16:00"),
    ([reappointed("2026-11-19 16:00", "2026-11-30 16:00")], "2026-11-23 08:00", "met", "2026-11-19 17:00"),
    ([reappointed("2026-11-20 09:00", "2026-11-30 16:00")], "2026-11-23 08:00", "breached", "2026-11-20 09:00"),
    ([reappointed("2026-11-23 09:00", "2026-11-30 16:00")], "2026-11-23 10:00", "breached", "2026-11-20 16:00"),
]


@pytest.mark.parametrize(("more", "now", "state", "breach"), APOLOGIES)
def test_the_apology_comes_one_day_before_a_due_date_that_is_missed(
    more: list[Fact], now: str, state: str, breach: str | None
) -> None:
    one = judged(processed(*more), now)[APOLOGY]
    assert (one.state, one.due_at) == (state, local("2026-11-19 17:00"))
    if breach is not None:
        assert one.breach_at == local(breach)


def test_petitions() -> None:
    def states(*facts: Fact, now: str) -> dict[str, str]:
        return {key.split("/")[0]: one.state for key, one in judged(facts, now, PETITION).items()}

    received = fact("received", "2026-11-02 09:00")
    assert states(received, now="2026-11-20 08:00") == {"petition-answer": "running"}
    assert judged([received], "2026-11-02 09:00", PETITION)["petition-answer/received/1"].due_at == local(
        "2026-11-24 00:00"
    )
    assert states(received, fact("refused", "2026-11-04 23:59"), now="2026-12-20 08:00") == {
        "petition-refusal": "met",
        "petition-answer": "met",
    }
    assert (
        states(received, fact("refused", "2026-11-05 00:01"), now="2026-12-20 08:00")["petition-refusal"] == "breached"
    )
    asked, came = fact("supplement_requested", "2026-11-09 08:00"), fact("supplemented", "2026-11-11 08:00")
    assert judged([received, asked, came], "2026-11-12 08:00", PETITION)["petition-answer/received/1"].due_at == local(
        "2026-11-27 00:00"  # two working days stood still, and 24 November is off
    )
    done = [received, fact("answered", "2026-11-20 10:00"), fact("published", "2026-11-25 10:00")]
    assert states(*done, now="2026-12-20 08:00") == {"petition-answer": "met", "petition-publication": "met"}


def test_a_dispute_is_due_on_the_day_that_was_stated() -> None:
    subject = Subject("dispute", "sink.document-store", "P1")
    opened = fact("opened", "2026-11-20 09:30", due_on="2026-11-30")
    one = judged([opened], "2026-11-21 08:00", subject)["dispute/opened/1"]
    assert (one.state, one.due_at) == ("running", local("2026-12-01 00:00"))
    assert (
        judged([opened, fact("resolved", "2026-11-30 23:00")], "2027-01-04 08:00", subject)["dispute/opened/1"].state
        == "met"
    )


def test_the_rule_of_the_day_of_the_start_counts() -> None:
    old = fact("accepted", "2025-06-30 08:00", appointment_at=local("2025-07-10 16:00").isoformat())
    new = fact("accepted", "2025-07-01 08:00", appointment_at=local("2025-07-10 16:00").isoformat())
    assert judged([old], "2025-07-02 08:00")[PROCESSING].rule.document == "Nghị định 61/2018/NĐ-CP"
    assert judged([new], "2025-07-02 08:00")[PROCESSING].rule.document == "Nghị định 118/2025/NĐ-CP"


@pytest.mark.parametrize("source", ["dvcqg"])
def test_only_the_source_that_a_rule_names_counts(source: str) -> None:
    assert judged([fact("submitted", "2026-11-19 14:00")], "2026-11-20 08:00", DOSSIER._replace(source=source)) == {}


minutes = st.integers(0, 3 * 365 * 1440)
gaps = st.integers(0, 3 * 1440)


@settings(max_examples=examples(150), deadline=None)
@given(minutes, st.lists(gaps, max_size=4), gaps)
@pytest.mark.slow
def test_working_time_beside_pauses_is_what_counting_minutes_gives(start: int, spans: list[int], then: int) -> None:
    """Processing with an appointment 12 working hours away, and pauses that begin and end at any minute."""
    rules, calendars = province()
    began = local("2023-01-02 00:00") + start * MINUTE
    calendar = calendars.of("H08.12")
    appointment = calendar.add(began, timedelta(hours=12))
    pauses: list[tuple[datetime, datetime | None]] = []
    facts, at = [fact("accepted", began, appointment_at=appointment.isoformat())], began
    for number, gap in enumerate(spans):
        at += (gap + 1) * MINUTE
        name = "supplement_requested" if number % 2 == 0 else "supplement_received"
        facts.append(fact(name, at, number // 2 + 1))
        if number % 2 == 0:
            pauses.append((at, None))
        else:
            pauses[-1] = (pauses[-1][0], at)
    now = at + then * MINUTE
    one = next(o for o in judge(DOSSIER, together(facts), rules, calendars=calendars, now=now) if o.key == PROCESSING)
    far = by_minutes(began, now + timedelta(days=40), allowed=720, pauses=pauses)
    assert one.due_at == far.due
    assert one.elapsed == by_minutes(began, now, allowed=720, pauses=pauses).elapsed
    assert one.risk_at == far.risk
    assert one.state == ("paused" if far.due is None else "breached" if now > far.due else "running")


happenings = st.sampled_from(["submitted", "accepted", "supplement_requested", "supplement_received", "completed"])
reports = st.builds(
    lambda name, number, minute, order: fact(name, local("2026-02-10 08:00") + minute * MINUTE, number, f"{order:03}"),
    happenings,
    st.integers(1, 2),
    st.integers(0, 20 * 1440),
    st.integers(0, 999),
)


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(reports, max_size=12, unique_by=lambda one: (one.key, one.order)), st.randoms())
def test_the_order_in_which_facts_become_known_does_not_matter(facts: list[Fact], random: object) -> None:
    rules, calendars = province()
    mixed = [*facts, *facts[: len(facts) // 2]]
    random.shuffle(mixed)  # type: ignore[attr-defined] - a Random of hypothesis
    now = local("2026-02-25 08:00")
    one, other = (judge(DOSSIER, merge({}, order), rules, calendars=calendars, now=now) for order in (facts, mixed))
    assert one == other


def test_an_event_has_its_facts() -> None:
    data: dict[str, object] = {
        "dossier": "D1",
        "source": "igate",
        "happening": "accepted",
        "occurrence": 1,
        "at": "2026-11-23T01:00:00Z",
        "change": "new",
        "agency": "H08.12",
        "appointment_at": "2026-11-30T09:00:00Z",
        "version": "V1",
        "seen_at": "2026-11-23T01:05:00Z",
        "applicant": "Nguyễn Văn A",
    }
    subject, (reported,) = facts_of(event("dossier.happened.v1", data))
    assert subject == Subject("dossier", "igate", "D1")
    assert reported.details == {"agency": "H08.12", "appointment_at": "2026-11-30T09:00:00Z"}
    _, (gone,) = facts_of(event("dossier.happened.v1", {**data, "change": "retracted"}, id="E2"))
    assert gone.at is None
    assert merge(merge({}, [gone]), [reported]) == {"accepted/1": gone}
    with pytest.raises(Rejected):
        facts_of(event("dossier.happened.v1", {**data, "at": "2026-11-23T01:00:00"}))
    with pytest.raises(Rejected):
        facts_of(event("payment.v1", {}))


def test_a_petition_whose_newest_version_lacks_an_answer_is_not_answered() -> None:
    def version(seen: str, **moments: str) -> tuple[Fact, ...]:
        data = {"code": "K1", "observed_at": seen, "received_at": "2026-11-02T02:00:00Z", "agency": "H08.12", **moments}
        return facts_of(event("petition.v1", data, id=seen))[1]

    first = version("2026-11-10T00:00:00Z", answered_at="2026-11-09T02:00:00Z")
    second = version("2026-11-11T00:00:00Z")
    for order in ((*first, *second), (*second, *first)):
        assert (
            judged(list(merge({}, order).values()), "2026-11-12 08:00", PETITION)["petition-answer/received/1"].state
            == "running"
        )


def test_rules_that_contradict_themselves_are_refused() -> None:
    from pydantic import ValidationError

    from transforms.deadline_rules import DeadlineRules

    good: dict[str, Any] = {
        "rule": "a",
        "of": "petition",
        "name": "n",
        "document": "d",
        "article": "1",
        "since": "2026-01-01",
    }
    good |= {"starts": ["received"], "ends": ["answered"], "working_days": 3}
    DeadlineRules.model_validate({"rules": [good]})
    wrong = [
        {**good, "working_hours": 3},
        {**good, "ends": []},
        {**good, "ends": ["completed"]},
        {**good, "until": "2025-01-01"},
        {**good, "pauses": {"since": ["submitted"], "until": ["answered"]}},
        {key: value for key, value in good.items() if key != "article"},
        {key: value for key, value in good.items() if key != "working_days"} | {"before": {"rule": "b"}},
    ]
    for rule in wrong:
        with pytest.raises(ValidationError):
            DeadlineRules.model_validate({"rules": [rule]})
    with pytest.raises(ValidationError):  # two versions in force on the same day
        DeadlineRules.model_validate({"rules": [good, {**good, "since": "2026-06-01"}]})


def test_moments_are_utc() -> None:
    one = judged([fact("submitted", "2026-11-19 14:00")], "2026-11-20 08:00")[ACCEPTANCE]
    moments = [one.started_at, one.due_at, one.risk_at]
    assert all(isinstance(at, datetime) and at.utcoffset() == timedelta(0) for at in moments)
