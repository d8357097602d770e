"""The data store: the newest version wins in any order of arrival, and the history keeps every version once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import CreateTable

from lienthong.envelope import Envelope
from lienthong.errors import Transient
from lienthong.outcome import Dead, Done
from lienthong.ports import Site
from store import tables
from store.writer import DataStore, newest_version
from tests.contract.sinks_contract import committed
from tests.databases import open_in_memory
from tests.examples import examples
from tests.unit.store.events import NOON, account, dossier, servant


class _Noon:
    def now(self) -> datetime:
        return NOON


def _store(engine: Engine) -> DataStore:
    return DataStore(Site(_Noon(), engine))


def _deliver(engine: Engine, *bundles: Sequence[Envelope]) -> list[Any]:
    sink = _store(engine)
    outcomes: list[Any] = []
    for bundle in bundles:
        with committed(engine) as transaction:
            outcomes += sink.deliver(bundle, transaction)
    return outcomes


def _state(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in tables.metadata.sorted_tables
        }


_hours = st.integers(0, 3).map(lambda hours: NOON + timedelta(hours=hours))
_codes = st.sampled_from(["000.00.31.H08-231107-0001", "000.00.31.H08-231107-0002"])
_dossiers = st.builds(
    lambda code, updated, observed, status: dossier(code, updated_at=updated, observed_at=observed, status=status),
    _codes,
    _hours,
    _hours,
    st.sampled_from([2, 4, 9]),
)
_servants = st.builds(
    lambda updated, observed, agency: servant(updated_at=updated, observed_at=observed, agency=agency),
    _hours,
    _hours,
    st.sampled_from(["H08.07", "H08.09"]),
)
_accounts = st.builds(
    lambda observed, kind: account(observed_at=observed, account_type=kind),
    _hours,
    st.sampled_from(["PERSONAL", "ORGANISATION"]),
)
_events = st.lists(st.one_of(_dossiers, _servants, _accounts), min_size=1, max_size=12)


@settings(max_examples=examples(60), deadline=None)
@given(events=_events, data=st.data())
@pytest.mark.slow
def test_any_order_any_bundles_and_any_repetition_give_the_same_state(
    events: list[Envelope], data: st.DataObject
) -> None:
    plain, shuffled = open_in_memory(), open_in_memory()
    _deliver(plain, *([event] for event in events))
    repeated = data.draw(st.permutations(events + data.draw(st.lists(st.sampled_from(events), max_size=8))))
    size = data.draw(st.integers(1, 7))
    _deliver(shuffled, *(repeated[start : start + size] for start in range(0, len(repeated), size)))
    assert _state(shuffled) == _state(plain)
    assert len(_state(plain)["store_dossier_versions"]) == len({e.id for e in events if e.type == "dossier.v1"})
    plain.dispose()
    shuffled.dispose()


def test_an_older_version_that_arrives_later_goes_to_the_history_only() -> None:
    engine = open_in_memory()
    new = dossier(status=9, updated_at=NOON + timedelta(days=1))
    old = dossier(status=4, observed_at=NOON + timedelta(days=9))
    _deliver(engine, [new], [old])
    with engine.connect() as connection:
        current = connection.execute(select(tables.dossiers)).one()
        versions = connection.execute(select(tables.dossier_versions.c.event_id)).scalars().all()
    assert (current.status, current.event_id) == (9, new.id)
    assert sorted(versions) == sorted([new.id, old.id])
    engine.dispose()


def test_fractions_of_a_second_order_versions_too() -> None:
    """`…00Z` is before `…00.5Z` as an instant, but after it as text."""
    engine = open_in_memory()
    whole = dossier(status=4, updated_at="2023-11-07T05:00:00Z")
    later = dossier(status=9, updated_at="2023-11-07T05:00:00.500Z")
    elsewhere = dossier(status=2, updated_at="2023-11-07T11:59:59+07:00")
    _deliver(engine, [later], [whole], [elsewhere])
    with engine.connect() as connection:
        assert connection.execute(select(tables.dossiers.c.status)).scalar_one() == 9
    engine.dispose()


def test_an_event_replayed_with_corrected_reference_data_is_stored_again() -> None:
    engine = open_in_memory()
    first = dossier()
    tag = {"staff_no": "H08.CC.000112", "agency": "H08.07", "category": "CC"}
    again = first._replace(data={**first.data, "civil_servant": tag})
    _deliver(engine, [first], [again])
    with engine.connect() as connection:
        history = connection.execute(select(tables.dossier_versions.c.data)).scalars().all()
    assert [orjson.loads(version)["civil_servant"] for version in history] == [tag]
    engine.dispose()


def test_an_event_delivered_again_writes_nothing() -> None:
    engine = open_in_memory()
    events = [dossier(), dossier("000.00.31.H08-231107-0002")]
    _deliver(engine, events)
    with committed(engine) as transaction:
        written = _total_changes(transaction.connection)
        _store(engine).deliver(events, transaction)
        assert _total_changes(transaction.connection) == written
    engine.dispose()


def _total_changes(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT total_changes()").scalar_one())


def test_the_same_code_from_two_sources_is_two_dossiers() -> None:
    engine = open_in_memory()
    _deliver(engine, [dossier(source="igate"), dossier(source="dvcqg")])
    with engine.connect() as connection:
        assert connection.execute(select(tables.dossiers.c.source).order_by("source")).scalars().all() == [
            "dvcqg",
            "igate",
        ]
    engine.dispose()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"code": None}, "code"),
        ({"updated_at": None}, "updated_at"),
        ({"observed_at": "hôm qua"}, None),
        ({"updated_at": "0001-01-01T00:00:00+07:00"}, "updated_at"),
        ({"observed_at": "9999-12-31T23:59:59-01:00"}, "observed_at"),
        ({"updated_at": "2023-11-07T05:00:00"}, None),
    ],
)
def test_an_event_that_lacks_a_value_of_its_row_dies_alone(data: dict[str, Any], field: str | None) -> None:
    engine = open_in_memory()
    good = dossier("000.00.31.H08-231107-0002")
    bad = dossier()._replace(data={**dossier().data, **data})
    dead, done = _deliver(engine, [bad, good])
    assert isinstance(dead, Dead) and dead.field == field and "052085001234" not in dead.why
    assert done == Done(good)
    assert len(_state(engine)["store_dossiers"]) == 1
    engine.dispose()


def test_a_database_that_does_not_answer_is_transient() -> None:
    engine = open_in_memory()
    sink = _store(engine)

    class NoConnection:
        @property
        def connection(self) -> Any:
            raise OperationalError("insert", {}, Exception("down"))

    with pytest.raises(Transient):
        sink.deliver([dossier()], NoConnection())
    engine.dispose()


def test_for_postgresql_the_same_statement_is_built_and_keys_are_compared_bytewise() -> None:
    dialect = postgresql.dialect()
    upsert = str(newest_version(tables.dossiers).merge(postgresql.insert(tables.dossiers)).compile(dialect=dialect))
    assert "ON CONFLICT (source, code) DO UPDATE" in upsert
    assert ">= (store_dossiers.updated_at, store_dossiers.observed_at, store_dossiers.event_id)" in upsert
    assert 'COLLATE "C"' in str(CreateTable(tables.dossiers).compile(dialect=dialect))
