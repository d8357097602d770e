"""Which version of a record the data store shows, on every database: a wrong date or a return hides no later one."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import Engine, select

from lienthong.adapters.clock import ReplayClock
from lienthong.data.event_ids import derive_id, digest
from lienthong.envelope import Envelope
from lienthong.ports import Site
from store import tables
from store.writer import DataStore
from tests.contract.sinks_contract import committed
from tests.unit.store.events import NOON, dossier, servant

HOUR = timedelta(hours=1)


def deliver(database: Engine, clock: ReplayClock, bundles: Sequence[Sequence[Envelope]]) -> None:
    sink = DataStore(Site(clock, database))
    for bundle in bundles:
        with committed(database) as transaction:
            sink.deliver(bundle, transaction)


def returned(to: Envelope, after: Envelope, hours: int) -> Envelope:
    """The event of a record that was seen to have the content of an earlier event again, `hours` after noon."""
    data: dict[str, Any] = {**to.data, "observed_at": (NOON + hours * HOUR).isoformat()}
    event_id = derive_id(to.source, to.subject, digest(to.data_json()), after=after.id)
    return to._replace(id=event_id, data=data, received_at=NOON + hours * HOUR)


def in_service(hours: int, ends_on: str | None = None) -> Envelope:
    return servant(updated_at=NOON - 9 * HOUR, observed_at=NOON + hours * HOUR, ends_on=ends_on)


@pytest.mark.parametrize("bundled", [True, False], ids=["one bundle", "one by one"])
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_record_that_returns_to_an_earlier_content_is_shown_so(
    order: Sequence[int], bundled: bool, database: Engine, clock: ReplayClock
) -> None:
    first = in_service(1)
    left = servant(updated_at=NOON - HOUR, observed_at=NOON + 2 * HOUR, ends_on="2023-11-10")
    events = [first, left, returned(first, left, 3)]
    shuffled = [events[place] for place in order]
    deliver(database, clock, [shuffled] if bundled else [[event] for event in shuffled])
    with database.connect() as connection:
        assert connection.execute(select(tables.service_periods.c.ends_on)).all() == [(None,)]


@pytest.mark.parametrize("order", list(permutations(range(4))))
@pytest.mark.parametrize("source, shown", [("igate", 5), ("dvcqg", 10)])
def test_a_dossier_is_as_new_as_its_date_of_change_and_the_portals_as_it_was_seen(
    source: str, shown: int, order: Sequence[int], database: Engine, clock: ReplayClock
) -> None:
    first = dossier(status=4, updated_at=NOON, observed_at=NOON + HOUR)._replace(source=source)
    second = dossier(status=5, updated_at=NOON + HOUR, observed_at=NOON + 2 * HOUR)._replace(source=source)
    third = returned(first, second, 3)
    fourth = dossier(status=10, updated_at=NOON - 5 * HOUR, observed_at=NOON + 4 * HOUR)._replace(source=source)
    events = [first, second, third, fourth]
    deliver(database, clock, [[events[place] for place in order[:2]], [events[place] for place in order[2:]]])
    with database.connect() as connection:
        assert connection.execute(select(tables.dossiers.c.status)).all() == [(shown,)]


def test_a_version_dated_in_the_future_hides_no_later_one(database: Engine, clock: ReplayClock) -> None:
    typo = dossier(status=4, updated_at=NOON + timedelta(days=30_000), observed_at=NOON)
    later = dossier(status=10, updated_at=NOON + HOUR, observed_at=NOON + 2 * HOUR)
    deliver(database, clock, [[typo], [later]])
    with database.connect() as connection:
        assert connection.execute(select(tables.dossiers.c.status)).all() == [(10,)]


def test_a_correction_of_a_period_counts_though_it_is_dated_before_the_wrong_version_was_seen(
    database: Engine, clock: ReplayClock
) -> None:
    wrong = servant(agency="H08.07", updated_at=NOON, observed_at=NOON, quality=["date-in-future"])
    true = servant(agency="H08.12", updated_at=NOON - 30 * HOUR, observed_at=NOON + 2 * HOUR)
    deliver(database, clock, [[wrong], [true]])
    with database.connect() as connection:
        assert connection.execute(select(tables.service_periods.c.agency)).all() == [("H08.12",)]
