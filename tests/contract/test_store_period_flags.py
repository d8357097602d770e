"""The step of the data store that adds the quality flags of periods of service, on rows of an earlier version."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select, text

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.migrations.runner import upgrade
from lienthong.ports import Site
from store import tables
from store.writer import DataStore
from tests.contract.conftest import START
from tests.contract.sinks_contract import committed
from tests.contract.store_shapes import Change, assert_todays_tables, change, forget_step
from tests.databases import PACKAGES, make_tables
from tests.unit.store.events import NOON, account, dossier, servant

FLAGS = ("identity-unreadable", "date-in-future")


def lose_flags_of_periods(connection: Connection) -> None:
    """The second version kept no quality flags of periods of service."""
    connection.execute(text("ALTER TABLE store_service_periods DROP COLUMN quality"))


def stand_at_step_one(connection: Connection) -> None:
    connection.execute(text("UPDATE store_schema SET version_num = '0001'"))


@pytest.mark.parametrize("step", [stand_at_step_one, forget_step])
def test_periods_without_flags_are_kept_and_get_them_with_their_next_version(empty: Engine, step: Change) -> None:
    count = 2_000  # some pages of a table
    before = [servant(f"H08.{number}", agency_name="Sở “Y tế”" if number % 2 else None) for number in range(count)]
    make_tables(empty)
    sink = DataStore(Site(ReplayClock(START), empty))
    with committed(empty) as transaction:
        sink.deliver([*before, account(), dossier()], transaction)
    rows = _rows_without_flags(empty)
    change(empty, (lose_flags_of_periods, step))
    for _ in range(2):
        upgrade(empty, PACKAGES)
        assert_todays_tables(empty)
        assert _rows_without_flags(empty) == rows
    assert set(_flags_of_periods(empty).values()) == {None}

    seen = NOON + timedelta(hours=1)
    same_date, typo = (servant(f"H08.{n}", observed_at=seen, quality=[flag]) for n, flag in enumerate(FLAGS))
    older = servant("H08.2", updated_at=NOON - timedelta(days=1), observed_at=seen, quality=[FLAGS[0]])
    with committed(empty) as transaction:
        sink.deliver([same_date, typo, older], transaction)
    flags = _flags_of_periods(empty)
    assert [flags[f"H08.{number}"] for number in range(4)] == [*FLAGS, None, None]
    assert len(flags) == count


def _rows_without_flags(engine: Engine) -> list[dict[str, Any]]:
    columns = [column for column in tables.service_periods.columns if column.name != "quality"]
    with engine.connect() as connection:
        found = connection.execute(select(*columns).order_by("staff_no"))
        return [dict(row._mapping) for row in found]


def _flags_of_periods(engine: Engine) -> dict[str, str | None]:
    columns = tables.service_periods.c["staff_no", "quality"]
    with engine.connect() as connection:
        return {row.staff_no: row.quality for row in connection.execute(select(columns))}
