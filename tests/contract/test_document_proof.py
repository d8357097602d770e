"""The documents are proved: every column of every row that was changed by hand, every row that was removed or invented
is named, on every database."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Column, Engine, Integer, delete, insert, select, update

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.operations.verification import Verification, verify
from lienthong.outcome import Done
from lienthong.ports import Site
from store.documents import tables
from store.documents.notice_sink import DocumentNotices
from store.documents.proof import SEALED
from store.documents.sink import DocumentStore
from tests.contract.ledger_steps import receive
from tests.contract.test_store_documents import conversion, put
from tests.events import entry as ledger_entry
from tests.unit.store.documents import (
    BIRTH,
    CITIZEN,
    addition,
    dispute,
    entry,
    event_of,
    reclassification,
    resolution,
    verdict,
)

STAGE, NOTICES = "sink.document-store", "sink.document-notices"
TABLES = (*SEALED, tables.notices)


def number(name: str) -> str:
    """An event id that only this name has."""
    return str(UUID(bytes=name.encode().ljust(16, b"-")[:16], version=4))


def chain(*serials: str) -> dict[str, Any]:
    return {"signatures": [{"chain": [{"serial": each} for each in (*serials, "root")]}]}


class Office:
    """The sinks of documents, and what the worker does with them."""

    def __init__(self, site: Site, ledger: SqlLedger) -> None:
        self.site, self.ledger = site, ledger
        self.store, self.notices = DocumentStore(site), DocumentNotices(site)

    def deliver(self, *entries: dict[str, Any], seal: bool = True) -> None:
        events = [event_of(each) for each in entries]
        receive(self.ledger, *events)
        self._record(self.store, STAGE, events, seal=seal)

    def tell(self, *entries: dict[str, Any]) -> None:
        events = [event_of(each) for each in entries]
        events = [of.with_data(of.type, {"document_id": number("E1"), "citizen_id": CITIZEN}) for of in events]
        receive(self.ledger, *events)
        self._record(self.notices, NOTICES, events)

    def _record(self, sink: Any, stage: str, events: Any, *, seal: bool = True) -> None:
        with self.ledger.transaction() as transaction:
            outcomes = sink.deliver(events, transaction)
            assert all(isinstance(each, Done) for each in outcomes), outcomes
            pairs = zip(events, outcomes, strict=True)
            done = [ledger_entry(of, stage, "done", seal=each.seal if seal else "") for of, each in pairs]
            transaction.record(done)

    def verify(self) -> Verification:
        return verify(self.ledger, sinks={STAGE: self.store, NOTICES: self.notices})

    def faults(self) -> list[str]:
        return [fault for fault in self.verify().faults if "kho giấy tờ" in fault]


def everything() -> list[dict[str, Any]]:
    """Entries that leave a row in each table, every column of which has a value in some row."""
    first, second, about = number("E1"), number("E2"), {"citizen_id": CITIZEN}
    found = {"what": "national-store", "purpose": "Thụ lý", "officer": "cb", **about}
    file = {"result_code": "KQ.1", "agency": "G15", "path": "/a.pdf"}
    got = {"component": "C1", "outcome": "attach", "document_id": first, "fitting": 1}
    reuse = {"document_id": first, "dossier": "H1", "component": "C1", "version": 1, "officer": "cb"}
    of_result = {"dossier": "H1", "origin": "dossier-result", "paper": "", "officer": "cb", "valid_until": "2030-01-01"}
    unclear = verdict("INDETERMINATE", recheck_after="2023-11-09T00:00:00Z", **chain("a", "b"))
    late = {"document_id": first, "version": 1, "verdict": verdict(checked_at="2023-11-08T05:00:00Z", **chain("c"))}
    return [
        addition(first, **of_result),
        addition(second, document_id=first, reason="replaced", verdict=unclear, accepted=False),
        entry("judge", number("J1"), **late, accepted=True),
        entry("reuse", number("U1"), **reuse),
        {**dispute(number("D1"), first), "dossier": "H1"},
        resolution(number("S1"), number("D1"), "corrected", new_version=2),
        entry("match", number("M1"), **{**found, "what": "match"}, procedure="1.0", dossier="H1", components=[got]),
        entry("read", number("R1"), **{**found, "what": "body"}, document_id=first),
        entry("find", number("F1"), **found, files=[file]),
        conversion(number("C1"), "CD-1", document_id=first, officer="cb"),
        addition(number("E3"), result_code=BIRTH),
        reclassification(number("K1"), number("E3")),
    ]


@pytest.fixture
def office(database: Engine, ledger: SqlLedger, clock: ReplayClock) -> Iterator[Office]:
    office = Office(Site(clock, database), ledger)
    office.deliver(*everything())
    office.tell({**entry("tell", number("N1")), "dossier": "H1"})
    yield office


def test_what_was_delivered_is_proved_in_any_number_of_deliveries(office: Office) -> None:
    assert (office.faults(), office.verify().remarks) == ([], [])
    for each in everything():
        with office.ledger.transaction() as transaction:
            (outcome,) = office.store.deliver([event_of(each)], transaction)
            assert isinstance(outcome, Done)
            transaction.record([ledger_entry(event_of(each), STAGE, "done", turn=2, seal=outcome.seal)])
    assert office.faults() == []


def test_every_column_that_is_changed_by_hand_is_named(office: Office, database: Engine) -> None:
    assert tables.certificates not in TABLES
    for table in (*TABLES, tables.certificates):
        for column in table.columns:
            before = _rows(database, table)
            assert before, table.name
            with database.begin() as connection:
                connection.execute(update(table).values({column.name: _other(column, before[0][column.name])}))
            faults = office.faults()
            assert any(table.name in fault for fault in faults), (table.name, column.name, faults)
            _put_back(database, table, before)
    assert office.faults() == []


def test_every_row_that_is_removed_or_invented_is_named(office: Office, database: Engine) -> None:
    for table in (*TABLES, tables.certificates):
        before = _rows(database, table)
        _put_back(database, table, before[1:])
        assert office.faults(), table.name
        key = next(column for column in reversed(table.primary_key.columns) if not isinstance(column.type, Integer))
        invented = {**before[0], key.name: "invented"}
        if "digest" in table.c:
            invented["digest"] = "invented"
        for of_writer in ({}, {"written_by": None, "writes": 0}, {"written_by": "none", "event_id": "none"}):
            named = {name: value for name, value in of_writer.items() if name in table.c and name != key.name}
            _put_back(database, table, [*before, {**invented, **named}])
            assert any(table.name in fault for fault in office.faults()), (table.name, named)
        _put_back(database, table, before)
    assert office.faults() == []


def test_an_earlier_content_of_a_row_is_no_proof(office: Office, database: Engine) -> None:
    before = _rows(database, tables.versions)
    late = {"document_id": number("E1"), "version": 2, "verdict": verdict(checked_at="2023-11-10T05:00:00Z")}
    office.deliver(entry("judge", number("J2"), **late, accepted=True))
    assert office.faults() == []
    _put_back(database, tables.versions, before)
    assert any("store_document_versions" in fault for fault in office.faults())


def test_a_row_that_the_ledger_never_had_is_named_after_an_hour_and_taken_over_by_the_next_call(
    office: Office, clock: ReplayClock
) -> None:
    lost = addition(number("L1"))
    put(office.site, {**lost, "at": clock.now().isoformat()})
    assert office.faults() == []
    clock.move_to(clock.now() + timedelta(hours=2))
    assert {fault.split(",")[1].strip() for fault in office.faults()} == {
        "bảng store_documents",
        "bảng store_document_versions",
        "bảng store_document_verdicts",
    }
    again = {**addition(number("L2")), "digest": lost["digest"]}
    put(office.site, again)
    office.deliver(again)
    assert office.faults() == []


def test_a_reclassification_that_the_ledger_never_had_is_taken_over_by_the_next_call(
    office: Office, clock: ReplayClock
) -> None:
    office.deliver(addition(number("E9")))
    lost = {**reclassification(number("K2"), number("E9")), "at": clock.now().isoformat()}
    put(office.site, lost)
    clock.move_to(clock.now() + timedelta(hours=2))
    assert any("store_document_reclassifications" in fault for fault in office.faults())
    again = reclassification(number("K3"), number("E9"))
    assert put(office.site, again)["changed"] is False  # the lost call did it
    office.deliver(again)
    assert office.faults() == []


def test_rows_from_before_there_were_seals_are_counted_and_sealed_when_they_are_written(
    office: Office, database: Engine
) -> None:
    office.deliver(addition(number("O1")), seal=False)
    old = {"written_by": None, "written_at": None, "writes": 0}
    for table in (tables.documents, tables.versions, tables.verdicts):
        with database.begin() as connection:
            connection.execute(update(table).where(table.c.event_id == number("O1")).values(**old))
    found = office.verify()
    assert [fault for fault in found.faults if "kho giấy tờ" in fault] == []
    assert len(found.remarks) == 3 and all(" 1 dòng" in remark for remark in found.remarks)
    judged = {"document_id": number("O1"), "version": 1, "verdict": verdict(checked_at="2023-11-08T05:00:00Z")}
    office.deliver(entry("judge", number("O2"), **judged, accepted=True))
    assert (office.faults(), len(office.verify().remarks)) == ([], 2)


def _rows(database: Engine, table: Any) -> list[dict[str, Any]]:
    with database.connect() as connection:
        return [{str(name): value for name, value in row._mapping.items()} for row in connection.execute(select(table))]


def _put_back(database: Engine, table: Any, rows: list[dict[str, Any]]) -> None:
    with database.begin() as connection:
        connection.execute(delete(table))
        if rows:
            connection.execute(insert(table), rows)


def _other(column: Column[Any], value: Any) -> Any:
    """Another value; the same in each row but where the column tells rows apart."""
    if column.primary_key or column.name == "digest":
        return column + 7 if isinstance(column.type, Integer) else column.concat("x")
    return (value or 0) + 7 if isinstance(column.type, Integer) else "another"
