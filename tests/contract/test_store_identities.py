"""Documents under the old number (CMND) and the new one (CCCD) of a citizen, on every database."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from lienthong.adapters.clock import ReplayClock
from lienthong.envelope import Envelope
from lienthong.outcome import Done
from lienthong.ports import Site
from schemas.requests.sign_ins import TYPE
from store.documents.reading import CitizenDocuments, DocumentsById
from store.documents.sink import DocumentStore
from store.sign_in_numbers import SignInNumbers
from tests.contract.sinks_contract import committed
from tests.contract.test_store_counter import _scans, deliver
from tests.unit.store.documents import CITIZEN, addition, digest, dispute, event_of, resolution
from tests.unit.store.events import NOON, dossier, servant
from transforms.document_standing import load_document, standing
from transforms.moments import local_date

OLD, EARLIER, OTHER = "211395325", "215000009", "052085009999"
"""Both old numbers of CITIZEN, and another citizen."""


@pytest.fixture
def site(database: Engine, clock: ReplayClock) -> Site:
    return Site(clock, database)


def keep(site: Site, *entries: dict[str, Any]) -> None:
    with committed(site.database) as transaction:
        outcomes = DocumentStore(site).deliver([event_of(each) for each in entries], transaction)
    assert all(isinstance(outcome, Done) for outcome in outcomes), outcomes


def sign_in(site: Site, event_id: str, level: int = 2, **claims: Any) -> dict[str, str]:
    """Deliver a sign-in; returns the seal by event, as the ledger has it."""
    answer = {"account_kind": "citizen", "level": level}
    data = {"provider": "vneid", "claims": {"SoDinhDanh": CITIZEN, **claims}, "answer": answer}
    with committed(site.database) as transaction:
        sink, one = SignInNumbers(site), Envelope(event_id, TYPE, "request.sign-ins", event_id, NOON, NOON, data)
        (outcome,) = sink.deliver([one], transaction)
    assert isinstance(outcome, Done)
    return {event_id: outcome.seal}


def found(site: Site, number: str) -> list[str]:
    return [each["document_id"] for each in CitizenDocuments(site).find_many([number]).get(number, ())]


def why(site: Site, document_id: str) -> str | None:
    document = load_document(DocumentsById(site).find_many([document_id])[document_id])
    return standing(document, local_date(NOON)).why


def test_documents_are_found_under_every_number_that_a_source_states(site: Site) -> None:
    keep(site, addition("E1"), addition("E2", citizen_id=OLD), addition("E3", citizen_id=EARLIER))
    assert (found(site, CITIZEN), found(site, OLD)) == (["E1"], ["E2"])
    deliver(site, servant(old_identity=OLD))
    sign_in(site, "S1", SoCMND=EARLIER, level=1)
    assert (found(site, CITIZEN), found(site, EARLIER)) == (["E2", "E1"], ["E3"])
    seals = sign_in(site, "S2", SoCMND=EARLIER)
    assert all(found(site, number) == ["E3", "E2", "E1"] for number in (CITIZEN, OLD, EARLIER))
    assert [*SignInNumbers(site).verify(lambda events: {each: seals[each] for each in events})] == []
    with site.database.begin() as connection:
        connection.execute(text("UPDATE store_sign_in_numbers SET old_identity = '211000001'"))
    assert len([*SignInNumbers(site).verify(lambda events: {each: seals[each] for each in events})]) == 1


def test_what_people_type_into_a_dossier_joins_when_two_dossiers_state_it(site: Site) -> None:
    keep(site, addition("E1"), addition("E2", citizen_id=OLD))
    deliver(site, dossier("H1", source="dvcqg", other_identity=OLD))
    assert found(site, OLD) == ["E2"]
    deliver(site, dossier("H2", source="dvcqg", identity=OLD, other_identity=CITIZEN))
    assert (found(site, OLD), found(site, CITIZEN)) == (["E2", "E1"], ["E2", "E1"])
    deliver(site, dossier("H2", source="dvcqg", observed_at=NOON + timedelta(hours=2)))
    assert found(site, CITIZEN) == ["E1"]


def test_an_old_number_of_two_persons_joins_nothing(site: Site) -> None:
    keep(site, addition("E1"), addition("E2", citizen_id=OLD), addition("E3", citizen_id=OTHER))
    deliver(site, servant(old_identity=OLD), dossier("H1", source="dvcqg", identity=OTHER, other_identity=OLD))
    assert [found(site, number) for number in (CITIZEN, OLD, OTHER)] == [["E1"], ["E2"], ["E3"]]


def test_a_file_under_both_numbers_is_one_document_and_no_twin_of_a_disputed_one_is_offered(site: Site) -> None:
    deliver(site, servant(old_identity=OLD))
    same = {"digest": digest("same")}
    keep(site, addition("E1", **same), addition("E2", citizen_id=OLD, **same, at="2023-11-07T06:00:00Z"))
    assert (found(site, CITIZEN), found(site, OLD)) == (["E1"], ["E1"])
    keep(site, {**dispute("P1", document_id="E2"), "citizen_id": OLD})
    assert (why(site, "E1"), why(site, "E2")) == ("disputed", "disputed")
    assert [each["dispute"] for each in CitizenDocuments(site).find_many([CITIZEN])[CITIZEN]] == ["P1"]
    right = addition("R1", document_id="E2", citizen_id=OLD, reason="corrected")
    keep(site, {**resolution("R1", "P1", "corrected", version=right), "document_id": "E2"})
    assert (found(site, CITIZEN), why(site, "E1"), why(site, "E2")) == (["E2"], "superseded", None)


def test_no_table_is_read_whole_for_it(site: Site) -> None:
    deliver(site, servant(old_identity=OLD), dossier("H1", source="dvcqg", other_identity=OLD))
    queries: list[tuple[str, Any]] = []

    def note_query(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if "other_identity" in statement:
            queries.append((statement, parameters))

    event.listen(site.database, "before_cursor_execute", note_query)
    found(site, OLD)
    event.remove(site.database, "before_cursor_execute", note_query)
    assert len(queries) == 2
    assert _scans(site.database, queries) == []
