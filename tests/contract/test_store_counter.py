"""The lookups of the counter check on every database: what they find, and that no table is read whole for it."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, insert

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.status import SqlStatusBoard
from lienthong.envelope import Envelope
from lienthong.outcome import Done
from lienthong.ports import ProcessStatus, Site, SourceName, SourceStatus
from store import tables
from store.civil_servants import CivilServants
from store.counter_checks import CounterChecks, counter_checks_between
from store.procedures_in_force import ProceduresInForce
from store.source_readings import LastReadings
from store.writer import DataStore
from tests.contract.sinks_contract import committed
from tests.unit.store.events import NOON, acknowledgement, check, procedure, servant

HOUR = timedelta(hours=1)
CITIZEN = "052085001234"
_SCANNING = {
    "sqlite": "SELECT * FROM store_service_periods WHERE category = ?",
    "postgresql": "SELECT * FROM store_service_periods WHERE category = %(category)s",
}
PERSONS = 3_000
"""More than a database would look up by a scan."""


@pytest.fixture
def site(database: Engine, clock: ReplayClock) -> Site:
    return Site(clock, database)


def deliver(site: Site, *events: Envelope) -> None:
    with committed(site.database) as transaction:
        assert {type(outcome) for outcome in DataStore(site).deliver(events, transaction)} == {Done}


def test_a_check_comes_back_with_the_decision_acknowledged_last(site: Site) -> None:
    deliver(site, check(1), check(2, NOON + HOUR, notify=False), check(3, NOON + 2 * HOUR))
    deliver(site, acknowledgement(1, "paper", at=NOON + HOUR), acknowledgement(2, "online", at=NOON + 2 * HOUR))
    deliver(site, acknowledgement(3, "paper", of=3), acknowledgement(1, "paper", at=NOON + HOUR))
    with site.database.connect() as connection:
        found = counter_checks_between(connection, NOON, NOON + 3 * HOUR)
        later = counter_checks_between(connection, NOON + HOUR, NOON + 2 * HOUR)
    assert [(each.check_id, each.reminded, each.decision) for each in found] == [
        ("check-1", True, "online"),
        ("check-2", False, None),
        ("check-3", True, "paper"),
    ]
    assert [each.check_id for each in later] == ["check-2"]
    first = found[0]
    assert (first.identity, first.procedure, first.checked_at) == (CITIZEN, "1.000656", NOON)
    assert (first.agency, first.officer) == ("000.00.31.H08", "Bùi Minh Phúc")


def test_a_check_is_known_once_it_is_in_the_ledger(site: Site, ledger: SqlLedger) -> None:
    lookup = CounterChecks(site, request="counter-checks")
    waiting, other = check(2), check(3)._replace(source="request.something-else")
    with ledger.transaction() as transaction:
        transaction.receive([waiting], source=waiting.source, to=("route.counter-checks",), cursor={})
    with ledger.transaction() as transaction:
        transaction.receive([other], source=other.source, to=("route.other",), cursor={})
    deliver(site, check(1))
    assert lookup.find_many(["check-1", "check-2", "check-3", "check-4"]) == {"check-1": True, "check-2": True}


def test_a_source_has_the_moment_of_its_last_reading_without_an_error(site: Site, ledger: SqlLedger) -> None:
    board = SqlStatusBoard(site.database, ledger)
    process = ProcessStatus(process="p", pid=1, host="h", role="all", began_at=NOON, seen_at=NOON)
    read = SourceStatus(source="ccvc", first_at=NOON, success_at=NOON)
    lookup = LastReadings(
        site, sources={"register": SourceName("ccvc"), "catalogue": SourceName("procedures"), "no": SourceName("x")}
    )
    assert lookup.find_many(["register", "catalogue"]) == {}
    board.save(process, [read, SourceStatus(source="procedures", first_at=NOON)])
    assert lookup.find_many(["register", "catalogue", "other"]) == {"register": "2023-11-07T05:00:00+00:00"}
    board.save(process, [SourceStatus(source="ccvc", first_at=NOON, trouble="down", trouble_since=NOON + HOUR)])
    assert lookup.find_many(["register"]) == {"register": "2023-11-07T05:00:00+00:00"}


def _fill(site: Site) -> None:
    """A register of many persons, many versions of procedures, and many checks, in one statement each."""
    persons = [
        {
            "staff_no": f"H08.VC.{number:06}",
            "starts_on": "2010-01-01",
            "identity": f"{number:012}",
            "old_identity": f"{number:09}",
            "category": "CC",
            "agency": "H08.07",
            "updated_at": "2023-11-07T05:00:00.000000Z",
            "observed_at": "2023-11-07T05:00:00.000000Z",
            "event_id": f"s{number}",
        }
        for number in range(PERSONS)
    ]
    deliver(site, servant(), procedure())
    with site.database.begin() as connection:
        row = connection.execute(tables.procedures.select()).one()._asdict()
        connection.execute(insert(tables.service_periods), persons)
        versions = [{**row, "code": f"2.{n:06}", "event_id": f"p{n}"} for n in range(PERSONS)]
        connection.execute(insert(tables.procedures), versions)
    deliver(site, *(check(number) for number in range(PERSONS)))


def test_no_table_is_read_whole_for_a_question(site: Site, database: Engine) -> None:
    _fill(site)
    queries: list[tuple[str, Any]] = []

    def note_query(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.startswith("SELECT"):
            queries.append((statement, parameters))

    event.listen(database, "before_cursor_execute", note_query)
    assert CivilServants(site).find_many([CITIZEN])[CITIZEN][0]["agency"] == "H08.07"
    assert CivilServants(site).find_many(["211395325"])["211395325"][0]["agency"] == "H08.07"
    assert ProceduresInForce(site).find_many(["1.000656@2024-01-01"])
    assert CounterChecks(site, request="counter-checks").find_many(["check-7", "check-none"]) == {"check-7": True}
    event.remove(database, "before_cursor_execute", note_query)
    assert len(queries) == 5
    assert _scans(database, queries) == []
    assert _scans(database, [(_SCANNING[database.dialect.name], ("CC",))]) != []


def _scans(database: Engine, queries: Sequence[tuple[str, Any]]) -> list[str]:
    """The steps of the plans of these queries that read a table whole."""
    plans = _kept_plans if database.dialect.name == "postgresql" else _sqlite_plans
    with database.connect() as connection:
        steps = list(plans(connection, queries))
    return [step for step in steps if re.search(r"(Seq Scan on|SCAN) (store|ledger)_", step)]


def _sqlite_plans(connection: Connection, queries: Sequence[tuple[str, Any]]) -> Iterator[str]:
    for statement, parameters in queries:
        for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters):
            yield str(row.detail)


def _kept_plans(connection: Connection, queries: Sequence[tuple[str, Any]]) -> Iterator[str]:
    """The plans that PostgreSQL makes without looking at the keys, and keeps while a table grows."""
    connection.exec_driver_sql("SET plan_cache_mode = force_generic_plan")
    for number, (statement, _) in enumerate(queries):
        numbered = re.sub(r"%[(]\w+[)]s", "$1", statement)
        connection.exec_driver_sql(f"PREPARE q{number}(text) AS {numbered}")
        for (step,) in connection.exec_driver_sql(f"EXPLAIN EXECUTE q{number}('x')"):
            yield str(step)
