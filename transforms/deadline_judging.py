"""Judging deadlines: facts, rules, calendars and a moment → states, due moments, moments of risk. No clock, no I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from lienthong import Calendar, Calendars, Pause, elapsed
from transforms.deadline_facts import Fact, Facts, Subject, happened, moment_of
from transforms.deadline_limits import limit_of, risk_of
from transforms.deadline_rules import DeadlineRules, Rule
from transforms.moments import local_date

State = Literal["running", "paused", "met", "breached"]
STATED = ("appointment_at", "due_on")
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Judged:
    """One deadline, as it is at the moment of judging. Moments are UTC.

    - `key`: what makes it the same deadline of its subject: the rule and the fact that started it.
    - `due_at`: None while a pause without end stops the clock. `risk_at`: when it is (or was) at risk.
    - `breach_at`: when it is (or was) missed, if nothing else happens: the due moment, but see `Rule.before`.
    - `ended_at`, `ended_by`: the fact that ended it. `elapsed`: working minutes until it ended, or until the moment of
      judging; `allowed`: those that the rule gives, None where it counts times.
    - `unannounced`: years on the way whose days off no document states yet.
    """

    key: str
    rule: Rule
    state: State
    started_at: datetime
    due_at: datetime | None
    risk_at: datetime | None
    breach_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    elapsed: int
    allowed: int | None
    pauses: tuple[Pause, ...]
    unannounced: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules are applied to: the facts of a subject in their order, its calendar, the moment of judging.

    `stated` is what it states by its newest version, such as its appointment.
    """

    source: str
    facts: Sequence[Fact]
    stated: Mapping[str, str | None]
    calendar: Calendar
    now: datetime


def judge(subject: Subject, facts: Facts, rules: DeadlineRules, *, calendars: Calendars, now: datetime) -> list[Judged]:
    """Every deadline of a subject. The order in which the facts became known does not matter.

    The calendar is that of the agency which the newest fact names. Raises `Rejected` where it cannot be reckoned.
    """
    stated = {name: detail(facts, name) for name in STATED}
    case = Case(subject.source, happened(facts), stated, calendars.of(detail(facts, "agency") or ""), now)
    judged: dict[str, Judged] = {}
    of_subject = [rule for rule in rules.rules if rule.of == subject.kind]
    for rule in sorted(of_subject, key=lambda one: one.before is not None):  # those that others count from come first
        for start in _starts(rule, case):
            one = _judge(rule, start, case, judged)
            if one is not None:
                judged[one.key] = one
    return list(judged.values())


def detail(facts: Facts, name: str) -> str | None:
    """A detail, by what was reported last."""
    naming = [fact for fact in facts.values() if fact.details.get(name)]
    return max(naming, key=lambda fact: (fact.order, fact.key)).details[name] if naming else None


def _starts(rule: Rule, case: Case) -> list[Fact]:
    """The facts that start a clock."""
    if rule.sources and case.source not in rule.sources:
        return []
    starts = [fact for fact in case.facts if fact.name in rule.starts and _counts(rule, fact)]
    blocks = [moment_of(fact) for fact in case.facts if fact.name in rule.unless]
    return [fact for fact in starts if not any(block < moment_of(fact) for block in blocks)]


def _counts(rule: Rule, fact: Fact) -> bool:
    day = local_date(moment_of(fact))
    return rule.in_force(day) and all(fact.details.get(key) in values for key, values in rule.where.items())


def _judge(rule: Rule, start: Fact, case: Case, judged: Mapping[str, Judged]) -> Judged | None:
    if rule.times is not None:
        return _judge_times(rule, start, case)
    base = None if rule.before is None else judged.get(_key(rule.before.rule, start))
    if rule.before is not None and base is None:
        return None
    pauses = _pauses(rule, start, case) if base is None else base.pauses
    end = next((fact for fact in case.facts if fact.name in rule.ends and fact is not start), None)
    if rule.only_when_done and end is None:
        return None
    base = None if base is None else _as_it_was(base, end, start, case.calendar)
    stated = case.stated.get(rule.stated or "")
    base_due = None if base is None else base.due_at
    limit = limit_of(rule, start, pauses, calendar=case.calendar, stated=stated, base_due=base_due)
    if limit is None:
        return None
    ending = _ending(limit.due_at, end) if base is None else _ending_before(limit.due_at, end, base)
    if ending.at is None and _is_awaited(rule, case):
        ending = replace(ending, breach_at=None)
    return Judged(
        key=_key(rule.rule, start),
        rule=rule,
        state=_state(ending, case.now),
        started_at=moment_of(start),
        due_at=limit.due_at,
        risk_at=risk_of(rule, limit, pauses, calendar=case.calendar),
        breach_at=ending.breach_at,
        ended_at=ending.at,
        ended_by=ending.by,
        elapsed=elapsed(case.calendar, limit.since, ending.at or case.now, pauses) // _MINUTE,
        allowed=limit.allowed // _MINUTE,
        pauses=pauses,
        unannounced=limit.unannounced,
    )


def _as_it_was(base: Judged, deed: Fact | None, start: Fact, calendar: Calendar) -> Judged:
    """The deadline before which something was to be done: by the moment that was stated before it was done."""
    stated = None if deed is None else deed.details.get(f"previous_{base.rule.stated}")
    if stated is None:
        return base
    limit = limit_of(base.rule, start, base.pauses, calendar=calendar, stated=stated)
    return base if limit is None else replace(base, due_at=limit.due_at, breach_at=limit.due_at)


def _judge_times(rule: Rule, start: Fact, case: Case) -> Judged | None:
    """The rule counts: what happens once more than it may is a breach at that moment, and nothing before it is."""
    counted = _starts(rule, case)
    if rule.times is None or counted.index(start) < rule.times:
        return None
    last, at = moment_of(counted[rule.times - 1]), moment_of(start)
    return Judged(
        key=_key(rule.rule, start),
        rule=rule,
        state="breached",
        started_at=moment_of(counted[0]),
        due_at=last,
        risk_at=None,
        breach_at=at,
        ended_at=at,
        ended_by=start.name,
        elapsed=0,
        allowed=None,
        pauses=(),
        unannounced=(),
    )


@dataclass(frozen=True, slots=True)
class _Ending:
    """When and by what a deadline ended, whether too late, and when it is missed if it does not end."""

    at: datetime | None
    by: str | None
    late: bool
    breach_at: datetime | None


def _ending(due: datetime | None, end: Fact | None) -> _Ending:
    if end is None or end.at is None:
        return _Ending(None, None, late=False, breach_at=due)
    return _Ending(end.at, end.name, late=due is not None and end.at > due, breach_at=due)


def _ending_before(due: datetime | None, deed: Fact | None, base: Judged) -> _Ending:
    """What had to be done before another deadline is missed when it was done later, or not at all and that is missed.

    What ended the other one in time makes it needless.
    """
    at = None if deed is None else deed.at
    needless = base.state == "met" and base.ended_at is not None and (at is None or base.ended_at < at)
    if needless:
        return _Ending(base.ended_at, base.ended_by, late=False, breach_at=None)
    if at is None or deed is None:  # with what it was for, it ends, too
        return _Ending(base.ended_at, base.ended_by, late=base.ended_at is not None, breach_at=base.breach_at)
    late = due is not None and at > due
    missed = [moment for moment in (at, base.breach_at) if moment is not None]
    return _Ending(at, deed.name, late=late, breach_at=min(missed) if late else due)


def _state(ending: _Ending, now: datetime) -> State:
    if ending.at is not None:
        return "breached" if ending.late else "met"
    if ending.breach_at is None:
        return "paused"
    return "breached" if now > ending.breach_at else "running"


def _pauses(rule: Rule, start: Fact, case: Case) -> tuple[Pause, ...]:
    """The times at which the clock stands still. What was asked for before the start does not stop it."""
    if rule.pauses is None or not rule.pauses.moves_due:
        return ()
    pauses = []
    for fact in case.facts:
        if fact.name in rule.pauses.since and _is_after(fact, start):
            later = (one for one in case.facts if one.name in rule.pauses.until and _is_after(one, fact))
            until = next(later, None)
            pauses.append(Pause(moment_of(fact), None if until is None else until.at))
    return tuple(pauses)


def _is_awaited(rule: Rule, case: Case) -> bool:
    """Whether an answer is awaited, of a rule whose due moment no pause moves."""
    if rule.pauses is None or rule.pauses.moves_due:
        return False
    facts = [fact for fact in case.facts if fact.name in (*rule.pauses.since, *rule.pauses.until)]
    return bool(facts) and facts[-1].name in rule.pauses.since


def _is_after(fact: Fact, start: Fact) -> bool:
    """Whether a fact comes after another one. At the same moment, facts of one name have the order of their numbers."""
    at, began = moment_of(fact), moment_of(start)
    if at == began:
        return fact.number > start.number if fact.name == start.name else True
    return at > began


def _key(rule: str, start: Fact) -> str:
    return f"{rule}/{start.key}"
