"""Open events are found by the local day of their receipt, exact to the microsecond at both ends of the day."""

from datetime import UTC, datetime, timedelta

from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import LOCAL_ZONE
from tests.events import event

MIDNIGHT = datetime(2023, 11, 2, tzinfo=LOCAL_ZONE).astimezone(UTC)
MOMENTS = [MIDNIGHT + timedelta(microseconds=n) for n in (-1, 0, 1)] + [MIDNIGHT + timedelta(days=1, microseconds=-1)]


def test_every_moment_belongs_to_a_day(ledger: SqlLedger) -> None:
    events = [event(str(n))._replace(received_at=moment) for n, moment in enumerate(MOMENTS)]
    with ledger.transaction() as transaction:
        transaction.receive(events, source="igate", to=("route.a",), cursor={})
    assert sorted(item.raw.subject for item in ledger.open_items()) == ["0", "1", "2", "3"]
    (stage,) = ledger.stages()
    assert (stage.open_events, stage.oldest) == (4, MOMENTS[0])
    assert ledger.balance().faults == ()
