"""The life of a report on both databases: what is written there, and what two processes at once may not do."""

from pathlib import Path

import orjson
import pytest
from sqlalchemy import Engine

from lienthong import Document, EditionFilter, Rejected
from store.documents.bodies import kept_bodies
from store.reports.mail import Target
from store.reports.sendings import Sendings
from tests.contract.sinks_contract import OpenTransaction, committed
from tests.report_office import AN, BINH, Office
from tests.smtp_stand_in import mail_server

ONE, TWO = "letters/2026-11/1", "letters/2026-11/2"
OFFICE, FIRST = "van-phong@tinh.example", "phong-1@tinh.example"


@pytest.fixture
def office(database: Engine, tmp_path: Path) -> Office:
    office = Office(tmp_path, database=database)
    office.reports.renders = {"pdf": _plain}
    return office


def _plain(document: Document) -> bytes:
    return orjson.dumps(document.payload)


def test_from_the_draft_of_the_schedule_to_the_receipt_of_the_second_edition(office: Office, tmp_path: Path) -> None:
    with mail_server(tmp_path) as mail:
        office.port = mail.port
        office.sink = office.make_sink()
        assert office.look() == "letters/2026-10/1, letters/2026-11/1"
        office.approve(ONE, number="12/BC-VPUBND")
        mail.answers["END"] = ""
        office.send()
        office.resolve(OFFICE, "sent")
        office.resolve(FIRST, "not-sent")
        mail.answers.clear()
        office.send()
        assert office.state(ONE) == "sent"
        office.reports.cases["H08.1"] = (FIRST, ["A"])
        office.draft()
        office.approve(TWO, by=BINH)
        office.send(TWO)
    with committed(office.database) as transaction:
        office.sink.receive_edition(TWO, "", transaction, person=AN, why="")
    found = [(one["id"], one["state"]) for one in office.sink.editions(EditionFilter("letters", "2026-11"))]
    assert found == [(ONE, "sent"), (TWO, "received")]
    edition = office.sink.edition(TWO)
    assert edition is not None
    assert [one["kind"] for one in edition["acts"]] == [
        "report-drafted", "report-approved", "report-sent", "report-received",
    ]  # fmt: skip
    with office.database.connect() as connection:
        assert set(kept_bodies(connection, [edition["digest"]])) == {edition["digest"]}


def test_of_two_processes_that_draft_at_once_one_writes(office: Office) -> None:
    first, second = (office.make_sink().prepare_draft("letters", "2026-11") for _ in range(2))
    assert first is not None
    assert second is not None
    with committed(office.database) as transaction:
        office.sink.write_draft(first, transaction, who="An", why="")
    with pytest.raises(Rejected, match="vừa được"), office.database.begin() as connection:
        office.sink.write_draft(second, OpenTransaction(connection), who="Bình", why="")
    assert len(list(office.sink.editions(EditionFilter()))) == 1


def test_of_two_processes_that_begin_one_message_one_sends_it(office: Office) -> None:
    office.draft()
    target = Target("email", "", OFFICE, office.sink.edition_document(ONE))
    first, second = (Sendings(office.database, ONE) for _ in range(2))
    now = office.clock.now()
    assert [one.begin(target, [], now) for one in (first, second)] == [True, False]
