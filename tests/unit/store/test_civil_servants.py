"""The lookup of civil servants finds periods of service by new and old identity numbers."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import Engine, create_engine, event

from lienthong.errors import Transient
from lienthong.ports import Site
from store.civil_servants import CivilServants
from store.writer import DataStore
from tests.contract.sinks_contract import committed
from tests.databases import open_in_memory
from tests.unit.store.events import NOON, servant


class _Noon:
    def now(self) -> datetime:
        return NOON


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = open_in_memory()
    moved = servant(starts_on="2023-11-16", agency="H08.09")
    left = servant(ends_on="2023-11-16")
    other = servant("H08.VC.000002", identity="052099000002", old_identity=None, category="VC")
    without_number = servant("H08.VC.000003", identity=None, old_identity=None)
    with committed(engine) as transaction:
        DataStore(Site(_Noon(), engine)).deliver([moved, left, other, without_number], transaction)
    yield engine
    engine.dispose()


def test_a_person_is_found_with_every_period_by_the_new_and_by_the_old_number(engine: Engine) -> None:
    found = CivilServants(Site(_Noon(), engine)).find_many(["052085001234", "211395325", "000000000009"])
    assert set(found) == {"052085001234", "211395325"}
    assert found["211395325"] == found["052085001234"]
    assert [(period["agency"], period["ends_on"]) for period in found["052085001234"]] == [
        ("H08.07", "2023-11-16"),
        ("H08.09", None),
    ]
    assert found["052085001234"][0] == {
        "staff_no": "H08.CC.000112",
        "agency": "H08.07",
        "category": "CC",
        "starts_on": "2010-01-01",
        "ends_on": "2023-11-16",
        "updated_at": "2023-11-07T05:00:00.000000Z",
    }


def test_a_bundle_costs_one_query_and_three_thousand_keys_two(engine: Engine) -> None:
    lookup = CivilServants(Site(_Noon(), engine))
    queries: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *call: queries.append(call[2]))
    lookup.find_many([f"{number:012}" for number in range(200)] + ["052099000002"])
    assert len(queries) == 1
    found = lookup.find_many([f"{number:012}" for number in range(2999)] + ["052099000002"])
    assert len(queries) == 3
    assert found["052099000002"][0]["staff_no"] == "H08.VC.000002"
    assert lookup.find_many([]) == {}
    assert len(queries) == 3


def test_a_database_that_cannot_be_read_is_transient() -> None:
    lookup = CivilServants(Site(_Noon(), create_engine("sqlite:////no/such/folder/database")))
    with pytest.raises(Transient, match="không trả lời"):
        lookup.find_many(["052085001234"])
