"""The data store on PostgreSQL: any events in any order give the same rows as on SQLite."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.exc import DataError, IntegrityError

from lienthong.adapters.sql.bulk import upsert_rows
from lienthong.envelope import Envelope
from lienthong.errors import Transient
from lienthong.ports import Site
from store import tables
from store.civil_servants import CivilServants
from store.writer import DataStore, newest_version
from tests.contract.sinks_contract import committed
from tests.databases import open_in_memory
from tests.services import postgres
from tests.unit.store.events import NOON, account, dossier, servant


class _Noon:
    def now(self) -> datetime:
        return NOON


@pytest.fixture(scope="module")
def database() -> Iterator[Engine]:
    with postgres.fresh_database() as engine:
        yield engine


_hours = st.integers(0, 3).map(lambda hours: NOON + timedelta(hours=hours))
_events = st.lists(
    st.one_of(
        st.builds(
            lambda code, updated, status: dossier(code, updated_at=updated, status=status),
            st.sampled_from(["000.00.31.H08-231107-0001", "000.00.31.H08-231107-0002"]),
            _hours,
            st.sampled_from([2, 4]),
        ),
        st.builds(lambda updated, agency: servant(updated_at=updated, agency=agency), _hours, st.sampled_from("AB")),
        st.builds(lambda observed: account(observed_at=observed), _hours),
    ),
    min_size=1,
    max_size=10,
)


def _deliver(engine: Engine, bundle: Sequence[Envelope]) -> None:
    sink = DataStore(Site(_Noon(), engine))
    with committed(engine) as transaction:
        sink.deliver(bundle, transaction)


def _state(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in tables.metadata.sorted_tables
        }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=_events, size=st.integers(1, 5))
def test_both_databases_come_to_the_same_rows(database: Engine, events: list[Envelope], size: int) -> None:
    sqlite = open_in_memory()
    with database.begin() as connection:
        connection.execute(text(f"TRUNCATE {', '.join(tables.metadata.tables)}"))
    for engine in (sqlite, database):
        for start in range(0, len(events), size):
            _deliver(engine, events[start : start + size])
    assert _state(database) == _state(sqlite)
    sqlite.dispose()


def test_one_transaction_may_deliver_any_number_of_bundles(database: Engine) -> None:
    sink = DataStore(Site(_Noon(), database))
    with committed(database) as transaction:
        sink.deliver([dossier("000.00.31.H08-231107-0008")], transaction)
        sink.deliver([dossier("000.00.31.H08-231107-0009")], transaction)
    codes = [row[1] for row in _state(database)["store_dossiers"]]
    assert {"000.00.31.H08-231107-0008", "000.00.31.H08-231107-0009"} <= set(codes)


def test_a_known_version_among_new_ones_is_replaced_where_it_differs(database: Engine) -> None:
    """A known event is replayed after its reference data was corrected, in one bundle with two new events."""
    codes = [f"000.00.31.H08-231107-002{n}" for n in range(3)]
    first, second, third = (dossier(code) for code in codes)
    _deliver(database, [first])
    tag = {"staff_no": "H08.CC.000112", "agency": "H08.07", "category": "CC"}
    _deliver(database, [second, first._replace(data={**first.data, "civil_servant": tag}), third])
    with database.connect() as connection:
        newest = connection.execute(select(tables.dossiers.c.code).where(tables.dossiers.c.code.in_(codes)))
        versions = tables.dossier_versions.c
        history = connection.execute(
            select(versions.code, versions.data).where(versions.code.in_(codes)).order_by(versions.code)
        ).all()
        assert sorted(newest.scalars()) == codes
    assert [(code, orjson.loads(data)["civil_servant"]) for code, data in history] == [
        (codes[0], tag),
        (codes[1], None),
        (codes[2], None),
    ]


def test_events_that_are_delivered_again_touch_no_row(database: Engine) -> None:
    events = [dossier("000.00.31.H08-231107-0030", officer=None), dossier("000.00.31.H08-231107-0031")]
    rows = text("SELECT xmin::text FROM store_dossiers UNION ALL SELECT xmin::text FROM store_dossier_versions")
    _deliver(database, events)
    with database.connect() as connection:
        before = sorted(connection.scalars(rows))
    _deliver(database, events)
    with database.connect() as connection:
        assert sorted(connection.scalars(rows)) == before


def test_a_row_that_lacks_a_value_is_not_taken_for_one_with_a_known_key(database: Engine) -> None:
    names = tuple(tables.dossier_versions.columns.keys())
    upsert = newest_version(tables.dossier_versions, seldom_known=True)
    broken = ("igate", "000.00.31.H08-231107-0040", "e", "2023", None)
    with pytest.raises(IntegrityError, match="null value"), database.begin() as connection:
        upsert_rows(connection, names=names, rows=[broken], upserts=[upsert])


@pytest.mark.parametrize("status", [2**31, -(2**31) - 1, 2**32 + 1])
def test_a_number_that_is_too_large_is_refused_and_not_cut_off(database: Engine, status: int) -> None:
    with pytest.raises(DataError, match="out of range"):
        _deliver(database, [dossier("000.00.31.H08-231107-0010", status=status)])
    _deliver(database, [dossier("000.00.31.H08-231107-0010", status=2**31 - 1)])
    with database.connect() as connection:
        stored = select(tables.dossiers.c.status).where(tables.dossiers.c.code == "000.00.31.H08-231107-0010")
        assert connection.scalars(stored).all() == [2**31 - 1]


def test_civil_servants_are_found_by_either_number(database: Engine) -> None:
    _deliver(database, [servant()])
    found = CivilServants(Site(_Noon(), database)).find_many(["052085001234", "211395325", "000000000009"])
    assert set(found) == {"052085001234", "211395325"}


def test_a_server_that_does_not_answer_is_transient(database: Engine) -> None:
    lookup = CivilServants(Site(_Noon(), database))
    with database.connect() as connection:
        end_other_sessions = text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute(end_other_sessions)
    assert lookup.find_many(["1"]) == {}  # a broken connection is noticed before it is used
    lookup._database = create_engine(database.url.set(port=1))
    with pytest.raises(Transient, match="không trả lời"):
        lookup.find_many(["1"])


def test_a_key_that_the_sample_missed_is_merged_all_the_same(database: Engine) -> None:
    """One known dossier among three hundred that are new: the copy fails at it, and nothing of it is lost."""
    known = dossier("000.00.31.H08-231108-0101", officer=None)
    _deliver(database, [known])
    later = NOON + timedelta(minutes=5)
    codes = [f"000.00.31.H08-231108-{number:04d}" for number in range(300)]
    events = [dossier(code, status=5, updated_at=later) for code in codes]
    _deliver(database, events)
    with database.connect() as connection:
        of_the_day = tables.dossiers.c.code.startswith("000.00.31.H08-231108-")
        stored = connection.scalars(select(tables.dossiers.c.status).where(of_the_day)).all()
    assert stored == [5] * 300
