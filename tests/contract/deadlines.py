"""What the tests of the sink of deadlines share: events, deliveries, and what became of them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select

from lienthong.adapters.clock import ReplayClock
from lienthong.envelope import Envelope
from lienthong.outcome import Dead, Done, Outcome
from lienthong.ports import Record, Site
from store.deadlines.sink import LOOK, Deadlines
from store.deadlines.tables import deadlines
from tests.contract.sinks_contract import OpenTransaction
from tests.unit.transforms.deadline_days import AGENCY, local, province


@contextmanager
def writing(engine: Engine) -> Iterator[OpenTransaction]:
    """A transaction that waits for its turn, as the one of the ledger does."""
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        yield OpenTransaction(connection)


def happening(
    name: str, at: str | datetime, code: str = "D1", *, seen: str = "2026-11-01 00:00", **more: Any
) -> Envelope:
    """A `dossier.happened.v1` of iGate. `seen` is when the bus received it."""
    moment = local(at) if isinstance(at, str) else at
    data = {
        "dossier": code,
        "source": "igate",
        "happening": name,
        "occurrence": 1,
        "at": moment.isoformat(),
        "change": "new",
        "agency": AGENCY,
        "version": "V",
        "seen_at": local(seen).isoformat(),
        **more,
    }
    number = f"{code}/{name}/{data['occurrence']}/{data['change']}/{data['at']}"
    return Envelope(number, "dossier.happened.v1", "sink.data-store", number, moment, local(seen), data)


@dataclass
class Office:
    """The sink of deadlines over a database, with a clock that the test sets, and what was announced so far."""

    engine: Engine
    clock: ReplayClock
    announced: list[Record] = field(default_factory=list)

    def sink(self, **changes: Any) -> Deadlines:
        rules, calendars = province()
        return Deadlines(Site(self.clock, self.engine), **{"rules": rules, "calendars": calendars, **changes})

    def deliver(self, *envelopes: Envelope, sink: Deadlines | None = None) -> Sequence[Outcome]:
        with writing(self.engine) as transaction:
            outcomes = (sink or self.sink()).deliver(envelopes, transaction)
        self.announced += [record for one in outcomes if isinstance(one, Done) for record in one.follow_ups]
        return outcomes

    def learn(self, *envelopes: Envelope) -> None:
        """Deliver facts; none of them is dead."""
        outcomes = self.deliver(*envelopes)
        assert not [one for one in outcomes if isinstance(one, Dead)], outcomes

    def look(self, at: str | datetime, sink: Deadlines | None = None) -> list[tuple[str, str]]:
        """The look at a moment: what it announces, as (type, deadline), sorted."""
        moment = local(at) if isinstance(at, str) else at
        self.clock.move_to(moment)
        known = len(self.announced)
        self.deliver(Envelope(f"look {moment}", LOOK, "schedule.deadline-look", "", moment, moment, {}), sink=sink)
        return sorted((record.type.split(".")[1], record.key.split("/", 2)[2]) for record in self.announced[known:])

    def states(self) -> dict[str, str]:
        """By deadline, without its source, its state."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(deadlines.c.deadline_id, deadlines.c.state))
            return {row.deadline_id.split("/", 2)[2]: row.state for row in rows}

    def rows(self) -> list[dict[str, Any]]:
        with self.engine.connect() as connection:
            query = select(deadlines).order_by(deadlines.c.deadline_id)
            return [dict(row) for row in connection.execute(query).mappings()]
