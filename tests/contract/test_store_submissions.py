"""Dossiers filed online, their payments and wrong codes in the data store, on every database."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from lienthong.adapters.clock import ReplayClock
from lienthong.envelope import Envelope
from lienthong.outcome import Dead
from lienthong.ports import Site, SourceName
from store import tables
from store.dossier_facts import DossierFacts
from store.writer import DataStore
from store.wrong_codes import WrongCodeNotes, WrongCodes
from tests.contract.sinks_contract import committed
from tests.unit.store.events import NOON, dossier, payment, submission
from transforms.payments import of_dossier

CODE = "000.00.31.H08-231107-800001"
HOUR = timedelta(hours=1)
SOURCES = [SourceName("igate"), SourceName("dvcqg")]


@pytest.fixture
def site(database: Engine, clock: ReplayClock) -> Site:
    return Site(clock, database)


def store(site: Site, *events: Envelope) -> Sequence[Any]:
    with committed(site.database) as transaction:
        return DataStore(site).deliver(events, transaction)


def facts(site: Site, *codes: str) -> Mapping[str, dict[str, Any]]:
    return DossierFacts(site, sources=SOURCES).find_many(codes)


def test_every_version_that_was_pushed_is_kept_under_its_code(site: Site) -> None:
    lack = {"code": "file-missing", "component": "TP1", "message": "Thiếu."}
    first = submission(CODE, outcome="lacking", lacking=[lack])
    second = submission(CODE, received_at=NOON + HOUR, supplements=[{"number": 1}])
    for events in ([second], [first, second], [first]):
        store(site, *events)
    known = facts(site, CODE, "none")
    assert list(known) == [CODE]
    assert [each["outcome"] for each in known[CODE]["submissions"]] == ["lacking", "acknowledged"]
    assert known[CODE]["submissions"][0]["lacking"] == [lack]
    assert "identity" not in known[CODE]["submissions"][0], "the facts of a dossier name no person"


def test_the_versions_of_the_sources_come_in_their_order_and_the_newest_is_marked(site: Site) -> None:
    events = [
        dossier("1", source="dvcqg", status=4, fee=8000),
        dossier("1", status=2, updated_at=NOON),
        dossier("1", status=4, updated_at=NOON + HOUR, observed_at=NOON + 2 * HOUR),
        dossier("2"),
        dossier("1", source="another"),
    ]
    store(site, *events)
    known = facts(site, "1", "2", "1")
    shown = [(each["source"], each["status"], each["newest"]) for each in known["1"]["versions"]]
    assert shown == [("igate", 2, False), ("igate", 4, True), ("dvcqg", 4, True)]
    assert (known["1"]["fee"], known["2"]["fee"]) == (8000, None)
    assert {"identity", "officer"}.isdisjoint(known["1"]["versions"][0])


def test_a_payment_is_found_with_its_dossier_as_last_notified(site: Site) -> None:
    store(site, dossier("1"))
    later = payment(dossier="1", amount=9000, received_at=NOON + HOUR, quality=["repeated"])
    for events in ([later], [payment(dossier="1")], [payment("GD2"), payment("GD3", dossier="none")]):
        store(site, *events)
    known = facts(site, "1", "none")
    assert list(known) == ["1"], "a payment alone makes no dossier"
    (found,) = known["1"]["payments"]
    assert (found["transaction"], found["amount"], found["paid"], found["quality"]) == ("GD1", 9000, True, ["repeated"])


def test_payments_before_their_dossier_are_its_payments_once_it_is_there(site: Site) -> None:
    store(site, *(payment(name, dossier="1", quality=["unmatched"]) for name in ("GD1", "GD2")))
    assert facts(site, "1") == {}
    store(site, dossier("1"))
    known = facts(site, "1")["1"]
    shown = of_dossier(known["payments"], known["fee"])
    assert [(each["transaction"], each["quality"]) for each in shown] == [("GD1", []), ("GD2", ["doubled"])]


def test_an_amount_beyond_32_bits_is_kept(site: Site) -> None:
    store(site, dossier("1"), payment(dossier="1", amount=10**15))
    assert facts(site, "1")["1"]["payments"][0]["amount"] == 10**15


def test_an_event_that_lacks_a_value_is_dead_alone(site: Site) -> None:
    broken = payment()._replace(data={"transaction": "x"})
    outcomes = store(site, broken, submission(CODE))
    assert isinstance(outcomes[0], Dead) and outcomes[0].field == "received_at"
    assert list(facts(site, CODE)) == [CODE]


def test_wrong_codes_are_counted_by_client_and_forgotten(site: Site, clock: ReplayClock) -> None:
    codes, notes = WrongCodes(site, within=HOUR), WrongCodeNotes(site)
    assert codes.find_many(["a", "b"]) == {}
    assert notes.find_many(["a\n1", "a\n2", "b\n3"]) == {"a\n1": True, "a\n2": True, "b\n3": True}
    notes.find_many(["a\n1", "a\n2"])
    assert notes.find_many([]) == {}
    clock.move_to(clock.now() + HOUR / 4)
    assert codes.find_many(["a", "b", "c"]) == {"a": [2700.0, 2700.0], "b": [2700.0]}
    clock.move_to(clock.now() + HOUR)
    assert codes.find_many(["a"]) == {}
    clock.move_to(clock.now() + timedelta(days=8))
    notes.find_many(["a\n9"])
    with site.database.connect() as connection:
        kept = connection.execute(select(tables.wrong_codes.c.event_id)).scalars().all()
    assert kept == ["9"]
