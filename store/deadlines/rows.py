"""Deadlines and facts as the rows of their tables, and back."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson

from lienthong import Pause
from store.instants import format_instant, parse_instant, parse_optional
from transforms.deadline_announcing import Standing, look, next_look
from transforms.deadline_facts import Fact, Facts, Subject
from transforms.deadline_judging import Judged

LAST = "~"
"""Sorts after every instant."""


def facts_text(facts: Facts) -> str:
    """Facts as JSON, in the order of their keys."""
    return orjson.dumps(
        {
            key: [None if fact.at is None else format_instant(fact.at), fact.order, dict(fact.details)]
            for key, fact in sorted(facts.items())
        }
    ).decode()


def read_facts(text: str) -> dict[str, Fact]:
    """The facts that `facts_text` wrote."""
    facts = {}
    for key, (at, order, details) in orjson.loads(text).items():
        name, _, number = key.partition("/")
        facts[key] = Fact(name, int(number), parse_optional(at), order, details)
    return facts


def deadline_id(subject: Subject, key: str) -> str:
    """The id of a deadline, from what makes it the same one."""
    return "/".join((*subject, key))


def standing_of(row: Mapping[str, Any]) -> Standing:
    """How the deadline of a row stands, and what was announced of it."""
    names = ("risk_at", "breach_at", "risk_announced", "breach_announced")
    return Standing(row["state"], **{name: parse_optional(row[name]) for name in names})


def row_of(
    subject: Subject, one: Judged, known: Mapping[str, Any] | None, *, about: Mapping[str, str | None], by: str
) -> dict[str, Any]:
    """The row of a deadline that was judged; what was announced stays as in its row before, `known`.

    `about`: agency, agency_name, officer. `by`: see `reckoned_by`. `next_at` is added by `with_next`.
    """
    return {
        "deadline_id": deadline_id(subject, one.key),
        **subject._asdict(),
        "rule": one.rule.rule,
        "name": one.rule.name,
        "document": one.rule.document,
        "article": one.rule.article,
        **{name: about.get(name) for name in ("agency", "agency_name", "officer")},
        "state": one.state,
        "started_at": format_instant(one.started_at),
        "due_at": _optional(one.due_at),
        "risk_at": _optional(one.risk_at),
        "breach_at": _optional(one.breach_at),
        "ended_at": _optional(one.ended_at),
        "ended_by": one.ended_by,
        "elapsed_minutes": one.elapsed,
        "allowed_minutes": one.allowed,
        "pauses": orjson.dumps([[format_instant(p.since), _optional(p.until)] for p in one.pauses]).decode(),
        "unannounced": " ".join(map(str, one.unannounced)),
        "risk_announced": known and known["risk_announced"],
        "breach_announced": known and known["breach_announced"],
        "listed_at": _optional(one.due_at) or LAST,
        "reckoned_by": None if one.state == "met" else by,
    }


def with_next(row: Mapping[str, Any], now: datetime, within: timedelta) -> dict[str, Any]:
    """The row as it stands now, with the moment at which it is to be looked at next."""
    standing = look(standing_of(row), now)
    return {
        **row,
        "state": standing.state,
        "risk_announced": _optional(standing.risk_announced),
        "breach_announced": _optional(standing.breach_announced),
        "next_at": _optional(next_look(standing, now, within=within)),
    }


def with_standing(row: Mapping[str, Any], standing: Standing) -> dict[str, Any]:
    """The row with what is announced of it now."""
    names = ("risk_announced", "breach_announced")
    return {**row, "state": standing.state, **{name: _optional(getattr(standing, name)) for name in names}}


def pauses_of(row: Mapping[str, Any]) -> tuple[Pause, ...]:
    """The times at which the clock of a row stood still."""
    return tuple(Pause(parse_instant(since), parse_optional(until)) for since, until in orjson.loads(row["pauses"]))


def _optional(moment: datetime | None) -> str | None:
    return None if moment is None else format_instant(moment)
