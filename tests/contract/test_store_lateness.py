"""The moments of dossiers that both systems know, read from the data store on every database."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from lienthong.adapters.clock import ReplayClock
from lienthong.envelope import Envelope
from lienthong.ports import Site
from schemas.canonical import dossier_v1
from store.deadlines.reading import started_between
from store.deadlines.tables import deadlines
from store.lateness import Proof, find_both, submitted_between
from store.reading import snapshot
from store.tables import dossier_versions, dossiers
from store.writer import DataStore
from tests.contract.sinks_contract import committed
from tests.unit.transforms.deadline_days import local, province

PERIOD = (local("2026-11-01 00:00"), local("2026-12-01 00:00"))
DAY = "2026-11-10"


def at(text: str) -> datetime:
    return local(f"{DAY} {text}")


def version(source: str, code: str, seen: str, **values: Any) -> Envelope:
    shown: Mapping[str, Any] = {"code": code, "procedure": "1.000656", "updated_at": at(seen), "observed_at": at(seen)}
    data = dossier_v1.Dossier.model_validate({**shown, **values}).to_data()
    return Envelope(f"{source}-{code}-{seen}", dossier_v1.TYPE, source, code, at(seen), at(seen), data)


def portal(code: str, seen: str, status: int, **values: Any) -> Envelope:
    values = {"filed_on": "portal", "submitted_at": at("08:00"), **values}
    return version("dvcqg", code, seen, status=status, **values)


def one_stop(code: str, **values: Any) -> Envelope:
    values = {"submitted_at": at("08:10"), "accepted_at": at("10:00"), "agency": "H08.12", **values}
    return version("igate", code, "11:00", status=2, **values)


@pytest.fixture
def proofs(database: Engine, clock: ReplayClock) -> Any:
    def read(*events: Envelope) -> list[Proof]:
        with committed(database) as transaction:
            DataStore(Site(clock, database)).deliver(events, transaction)
        with snapshot(database) as connection:
            return list(submitted_between(connection, local="igate", portal="dvcqg", period=PERIOD).proofs)

    return read


def deliver(database: Engine, clock: ReplayClock, *events: Envelope) -> None:
    with committed(database) as transaction:
        DataStore(Site(clock, database)).deliver(events, transaction)


def test_all_four_moments_with_their_events(proofs: Any) -> None:
    refused = portal("A", "09:30", 3)
    (proof,) = proofs(portal("A", "09:00", 1), refused, portal("A", "12:00", 2), portal("A", "15:00", 4), one_stop("A"))
    moments = proof.moments
    found = (moments.submitted, moments.arrived, moments.accepted, moments.shown)
    assert found == tuple(map(at, ("08:00", "08:10", "10:00", "12:00")))
    assert (proof.local_event, proof.portal_event, proof.shown_event) == (
        "igate-A-11:00",
        "dvcqg-A-15:00",
        "dvcqg-A-12:00",
    )


def test_a_clock_that_is_behind_does_not_move_a_dossier_to_another_month(proofs: Any) -> None:
    midnight = local("2026-11-01 00:00")
    before = {"updated_at": local("2026-10-31 23:58"), "observed_at": local("2026-10-31 23:59")}
    here = one_stop("A", submitted_at=local("2026-10-31 23:50"), accepted_at=local("2026-10-31 23:58"), **before)
    (proof,) = proofs(portal("A", "12:00", 2, submitted_at=midnight), here)
    assert proof.moments.submitted == midnight


@pytest.mark.parametrize("of_portal", [True, False])
def test_codes_that_differ_are_joined_by_either_side(proofs: Any, *, of_portal: bool) -> None:
    names = ({"other_code": "LOCAL"}, {}) if of_portal else ({}, {"other_code": "NATIONAL"})
    (proof,) = proofs(portal("NATIONAL", "12:00", 2, **names[0]), one_stop("LOCAL", **names[1]))
    assert (proof.code, proof.shown_event) == ("LOCAL", "dvcqg-NATIONAL-12:00")


@pytest.mark.parametrize(
    "events",
    [
        (portal("A", "12:00", 1), one_stop("A")),
        (portal("A", "12:00", 0), one_stop("A")),
        (portal("A", "12:00", 2),),
        (portal("A", "12:00", 2), one_stop("A", accepted_at=None)),
        (portal("A", "12:00", 2, filed_on="province"), one_stop("A")),
        (portal("A", "12:00", 2, submitted_at=local("2026-10-31 23:59")), one_stop("A")),
    ],
    ids=["not shown", "of no status", "not arrived", "not accepted", "not of the portal", "of another month"],
)
def test_a_dossier_without_all_moments_in_the_period_is_left_out(proofs: Any, events: tuple[Envelope, ...]) -> None:
    assert proofs(*events) == []


@pytest.mark.parametrize("asked", ["LOCAL", "NATIONAL"])
def test_a_dossier_is_found_by_its_code_in_either_system(database: Engine, clock: ReplayClock, asked: str) -> None:
    events = (portal("NATIONAL", "12:00", 2, other_code="LOCAL"), one_stop("LOCAL", other_code="NATIONAL"))
    deliver(database, clock, *events)
    with snapshot(database) as connection:
        here, there, rivals = find_both(connection, local="igate", portal="dvcqg", code=asked)
    assert rivals == []
    assert (here and here[0], there and there[0]) == ("igate-LOCAL-11:00", "dvcqg-NATIONAL-12:00")


@pytest.mark.parametrize("turned", [False, True])
def test_two_that_name_the_same_code_are_joined_with_neither_and_are_named(
    database: Engine, clock: ReplayClock, *, turned: bool
) -> None:
    rivals = [one_stop("FIRST", other_code="NATIONAL"), one_stop("SECOND", other_code="NATIONAL")]
    deliver(database, clock, portal("NATIONAL", "12:00", 2), *(reversed(rivals) if turned else rivals))
    with snapshot(database) as connection:
        month = submitted_between(connection, local="igate", portal="dvcqg", period=PERIOD)
        by_portal = find_both(connection, local="igate", portal="dvcqg", code="NATIONAL")
        by_local = find_both(connection, local="igate", portal="dvcqg", code="SECOND")
    assert (month.proofs, month.ambiguous) == ([], {"NATIONAL": ("FIRST", "SECOND")})
    assert (by_portal.here, by_portal.rivals) == (None, [("igate", "FIRST"), ("igate", "SECOND")])
    assert (by_local.there, by_local.rivals) == (None, [("dvcqg", "NATIONAL")])


def test_of_two_that_name_a_code_the_one_that_is_named_is_joined(database: Engine, clock: ReplayClock) -> None:
    events = [one_stop("FIRST", other_code="NATIONAL"), one_stop("SECOND", other_code="NATIONAL")]
    deliver(database, clock, portal("NATIONAL", "12:00", 2, other_code="SECOND"), *events)
    with snapshot(database) as connection:
        month = submitted_between(connection, local="igate", portal="dvcqg", period=PERIOD)
        known = find_both(connection, local="igate", portal="dvcqg", code="NATIONAL")
    assert ([proof.code for proof in month.proofs], month.ambiguous) == (["SECOND"], {})
    assert known.rivals == [("igate", "FIRST")]


def test_what_a_month_reads_does_not_grow_with_the_history(database: Engine, clock: ReplayClock) -> None:
    """Every query reads what it looks for by an index: none reads a table from end to end."""
    deliver(database, clock, portal("A", "12:00", 2, other_code="L"), one_stop("L"))
    _add_history(database)
    queries: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        queries.append((statement, parameters))

    event.listen(database, "before_cursor_execute", note)
    with snapshot(database) as connection:
        month = submitted_between(connection, local="igate", portal="dvcqg", period=PERIOD)
        started_between(connection, *province(), names=("acceptance",), period=PERIOD, now=PERIOD[1])
        read = [query for query in queries if "store_" in query[0]]
        event.remove(database, "before_cursor_execute", note)
        plans = [_plan(connection, *query) for query in read]
    assert [proof.code for proof in month.proofs] == ["L"]
    assert len(plans) >= 8
    lines = [line.strip() for plan in plans for line in plan]
    whole = re.compile(r"(->)? *(SCAN|Seq Scan on) (store_dossiers|store_deadlines)\b")
    assert [line for line in lines if whole.match(line)] == []
    for index in ("store_dossiers_by_submission", "store_dossiers_by_other_code", "store_deadlines_by_start"):
        assert any(index in line for line in lines), index


def _add_history(database: Engine) -> None:
    """Dossiers and deadlines of other years, so that an index is worth while."""
    days = [f"{2000 + number // 300}-01-01T00:00:00.000000Z" for number in range(3_000)]
    values: Mapping[str, Any] = {
        "event_id": "E",
        "updated_at": days[0],
        "observed_at": days[0],
        "procedure": "1",
        "quality": "",
    }
    old: Mapping[str, Any] = dict.fromkeys(("name", "document", "article", "unannounced"), "")
    old = {**old, "kind": "dossier", "source": "igate", "rule": "acceptance", "state": "met", "elapsed_minutes": 1}
    old = {**old, "pauses": "[]", "listed_at": "~"}
    with database.begin() as connection:
        for source in ("igate", "dvcqg"):
            rows = [
                {**values, "source": source, "code": f"{number}", "submitted_at": at} for number, at in enumerate(days)
            ]
            connection.execute(dossiers.insert(), rows)
            history = [{**row, "data": "{}"} for row in rows]
            names = [column.name for column in dossier_versions.c]
            connection.execute(dossier_versions.insert(), [{name: row[name] for name in names} for row in history])
        rows = [
            {**old, "deadline_id": f"{number}", "key": f"{number}", "started_at": at} for number, at in enumerate(days)
        ]
        connection.execute(deadlines.insert(), rows)
        connection.execute(text("ANALYZE"))


def _plan(connection: Any, statement: str, parameters: Any) -> list[str]:
    if connection.dialect.name == "postgresql":
        return [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)]
    return [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
