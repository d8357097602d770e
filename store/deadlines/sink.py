"""The sink of deadlines: facts change them, and the look of each minute announces what time changed."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from lienthong import (
    Calendars,
    Clock,
    Dead,
    DeadlineFilter,
    DeadlinePressure,
    Done,
    Envelope,
    KeptDeadline,
    Outcome,
    Rejected,
    Site,
    Transaction,
)
from lienthong.adapters.sql import translate_errors
from store.deadlines.listing import count_pressure, list_deadlines
from store.deadlines.looking import look, reckon_anew
from store.deadlines.reckoning import Reckoner, lock, reckon
from store.deadlines.rows import facts_text
from store.deadlines.writing import write_changes, write_facts
from transforms.deadline_facts import Fact, Subject, facts_of, merge
from transforms.deadline_rules import DeadlineRules

LOOK = "deadlines.look.v1"
"""The type of the moments of `config/schedules/deadline-look.yaml`."""

_UNAVAILABLE = "cơ sở dữ liệu thời hạn không trả lời"


class Deadlines:
    """Keeps the deadlines of dossiers, petitions and disputes, by the rules of config/deadlines.yaml.

    - Facts come in any order and any number of times; only a look announces. So what happened in time, and is known
      late, was never announced as missed unless a look came between; then the next look announces the correction.
    - An event that reports nothing, or something that cannot be reckoned, is dead; its subject stays as it was.
    """

    def __init__(self, site: Site, *, rules: DeadlineRules, calendars: Calendars) -> None:
        self._database = site.database
        self._clock = site.clock
        self._reckoner = Reckoner(rules, calendars, _name_of(rules, calendars))

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        """Write a bundle through `transaction.connection`. Raises `Transient` when the database does not answer."""
        with translate_errors(_UNAVAILABLE):
            dead = _learn(envelopes, transaction.connection, self._reckoner, self._clock)
            return [dead.get(envelope.id) or self._done(envelope, transaction) for envelope in envelopes]

    def deadlines(self, wanted: DeadlineFilter) -> Iterable[KeptDeadline]:
        """See `KeepsDeadlines` of the engine: `lienthong deadlines list` shows them."""
        return list_deadlines(self._database, wanted, self._reckoner.calendars, self._clock.now())

    def pressure(self) -> DeadlinePressure:
        """How many are at risk or breached and go on."""
        return count_pressure(self._database, self._clock.now())

    def recompute(self) -> int:
        """Reckon anew, in transactions of a few hundred subjects, what was reckoned with other rules or calendars."""
        total, database = 0, self._database.execution_options(writing=True)
        with translate_errors(_UNAVAILABLE):
            while True:
                with database.begin() as connection:
                    count = reckon_anew(connection, self._reckoner, self._clock.now())
                if not count:
                    return total
                total += count

    def _done(self, envelope: Envelope, transaction: Transaction) -> Done:
        """The outcome of what was learnt already; of a look, what is announced."""
        if envelope.type != LOOK:
            return Done(envelope)
        return Done(envelope, follow_ups=look(transaction.connection, self._reckoner, self._clock.now()))


def _learn(
    envelopes: Sequence[Envelope], connection: Connection, reckoner: Reckoner, clock: Clock
) -> Mapping[str, Dead]:
    """Keep what events report; those that report nothing are dead, by their ids."""
    dead: dict[str, Dead] = {}
    reported: dict[Subject, list[Fact]] = {}
    about: dict[str, Subject] = {}
    for envelope in envelopes:
        if envelope.type == LOOK:
            continue
        try:
            subject, facts = facts_of(envelope)
        except Rejected as refused:
            dead[envelope.id] = _dead(refused)
            continue
        about[envelope.id] = subject
        reported.setdefault(subject, []).extend(facts)
    if reported:
        refused_subjects = _keep(reported, connection, reckoner, clock)
        dead |= {id_: _dead(refused_subjects[subject]) for id_, subject in about.items() if subject in refused_subjects}
    return dead


def _keep(
    reported: Mapping[Subject, Sequence[Fact]], connection: Connection, reckoner: Reckoner, clock: Clock
) -> Mapping[Subject, Rejected]:
    known = lock(connection, reported)
    merged = {subject: merge(known[subject], facts) for subject, facts in reported.items()}
    changed = {subject: facts for subject, facts in merged.items() if facts != known[subject]}
    reckoned = reckon(connection, changed, reckoner, clock.now())
    rows = [{**subject._asdict(), "facts": facts_text(changed[subject])} for subject in reckoned.now]
    write_facts(connection, rows)
    write_changes(connection, reckoned.before.values(), reckoned.now.values())
    return reckoned.refused


def _dead(refused: Rejected) -> Dead:
    return Dead(refused.why, field=refused.field)


def _name_of(rules: DeadlineRules, calendars: Calendars) -> str:
    """A digest of everything that deadlines are reckoned with: another one means to reckon them anew."""
    parts = [rules.model_dump_json()]
    for name, one in sorted(calendars.by_name.items()):
        parts.append(
            repr((name, one.layers, sorted(one.rules.items()), one.country, sorted(one.announced), one.agencies))
        )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
