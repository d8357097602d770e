"""Procedures in the data store: what is in force on a day, on every database."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from lienthong.adapters.clock import ReplayClock
from lienthong.ports import Site
from store.procedures_in_force import ProceduresInForce
from store.reading import procedure_on, snapshot
from store.rows import Component, ProcedureVersion
from store.writer import DataStore
from tests.contract.sinks_contract import committed
from tests.unit.store.events import NOON, procedure

HOUR = timedelta(hours=1)


@pytest.fixture
def sink(database: Engine, clock: ReplayClock) -> DataStore:
    return DataStore(Site(clock, database))


def level_on(database: Engine, day: str, code: str = "1.000656") -> str | None:
    with snapshot(database) as connection:
        found = procedure_on(connection, code, date.fromisoformat(day))
    return found and found.online_level


def test_the_version_of_a_day_is_the_newest_that_has_taken_effect(sink: DataStore, database: Engine) -> None:
    full = procedure(effective_from="2024-01-14", online_level="full")
    other = procedure("2.000815", online_level="information")
    with committed(database) as transaction:
        sink.deliver([full, procedure(), other], transaction)
    assert [
        level_on(database, day) for day in ("2014-12-31", "2015-01-01", "2024-01-13", "2024-01-14", "2026-01-01")
    ] == [None, "partial", "partial", "full", "full"]
    assert level_on(database, "2024-01-13", "1.000656.000.00.00.H08") == "partial"
    assert level_on(database, "2024-01-13", "9.999999") is None


def test_a_correction_of_a_version_replaces_it_in_any_order(sink: DataStore, database: Engine) -> None:
    corrected = procedure(online_level="information", observed_at=NOON + HOUR)
    for events in ([corrected], [procedure()]):
        with committed(database) as transaction:
            sink.deliver(events, transaction)
    assert level_on(database, "2020-01-01") == "information"


def test_a_version_comes_back_whole(sink: DataStore, database: Engine) -> None:
    with committed(database) as transaction:
        sink.deliver([procedure()], transaction)
    with snapshot(database) as connection:
        found = procedure_on(connection, "1.000656", date(2024, 1, 1))
    assert found == ProcedureVersion(
        code="1.000656",
        effective_from=date(2015, 1, 1),
        name="Đăng ký khai tử",
        field="G15-HT02",
        online_level="partial",
        authentication_level=1,
        components=(Component("G15-HT02-TP0002", "Giấy khai sinh", ("KQ.G15.000031",)),),
        results=("KQ.G15.000656",),
    )


def test_the_lookup_finds_what_is_in_force_on_each_day_of_its_keys(sink: DataStore, database: Engine) -> None:
    full = procedure(effective_from="2024-01-14", online_level="full", authentication_level=2)
    silent = procedure("2.000815", authentication_level=None)
    with committed(database) as transaction:
        sink.deliver([full, procedure(), silent], transaction)
    keys = ["1.000656@2014-12-31", "1.000656@2024-01-13", "1.000656@2024-01-14", "1.000656.000.00.00.H08@2030-01-01"]
    found = ProceduresInForce(Site(ReplayClock(NOON), database)).find_many([*keys, "2.000815@2024-01-14", "9@", ""])
    assert {key: (one["online_level"], one["authentication_level"]) for key, one in found.items()} == {
        keys[1]: ("partial", 1),
        keys[2]: ("full", 2),
        keys[3]: ("full", 2),
        "2.000815@2024-01-14": ("partial", None),
    }
    assert found[keys[2]]["effective_from"] == "2024-01-14"
    assert [each["replaced_by"] for each in found[keys[2]]["components"]] == [["KQ.G15.000031"]]
    assert [each["code"] for each in found[keys[2]]["results"]] == ["KQ.G15.000656"]
