"""The figures of the ledger over every database: what grows, what waits, what died."""

from sqlalchemy import Engine

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.figures import read_figures
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.ledger.records import DeadLetter
from tests.events import DAY, entry, event

ROUTE, SINK = "route.a", "sink.b"


def test_the_figures_are_those_of_one_moment_whether_sums_are_kept_or_not(
    database: Engine, ledger: SqlLedger, clock: ReplayClock
) -> None:
    events = [event(f"e{number}") for number in range(4)]
    with ledger.transaction() as transaction:
        transaction.receive(events, source="igate", to=(ROUTE,), cursor={})
        transaction.record([entry(one, ROUTE, "done", to=(SINK,)) for one in events[:2]])
        transaction.record([entry(events[0], SINK, "later")])
        letter = DeadLetter(0, events[2], ROUTE, 1, 1, "Rejected", None, "x", DAY)
        transaction.record([entry(events[2], ROUTE, "dead", reason="x")], [letter])
    first = read_figures(database, clock.now())
    assert {key: count for key, count in first.verdicts.items() if key[0] in (ROUTE, SINK)} == {
        (ROUTE, "done"): 2,
        (ROUTE, "dead"): 1,
        (SINK, "later"): 1,
    }
    assert dict(first.letters) == {(ROUTE, "parked"): 1}
    assert dict(first.deaths) == {(ROUTE, "Rejected"): 1}
    assert {one.stage: (one.open_events, one.waiting) for one in first.stages} == {ROUTE: (1, 0), SINK: (2, 1)}
    assert first.balance.faults == ()
    ledger.keep_sums()
    again = read_figures(database, clock.now())
    assert (again.verdicts, again.letters, again.balance) == (first.verdicts, first.letters, first.balance)
