"""Sending a report: each recipient once with its own files, whatever fails and wherever the process ends."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import pytest
from openpyxl import load_workbook
from sqlalchemy import event

from lienthong import Document, Rejected
from store.reports.carriers import MailCarrier
from tests.contract.sinks_contract import OpenTransaction
from tests.mortal import KilledError, Life
from tests.report_office import AN, RULES, Office
from tests.smtp_stand_in import MailServer, mail_server

ONE = "letters/2026-11/1"
TWO = "letters/2026-11/2"
OFFICE, FIRST, SECOND = "van-phong@tinh.example", "phong-1@tinh.example", "phong-2@tinh.example"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with mail_server(tmp_path_factory.mktemp("mail")) as mail:
        yield mail


@pytest.fixture
def mail(server: MailServer) -> MailServer:
    server.mails.clear()
    server.answers.clear()
    return server


@pytest.fixture
def office(tmp_path: Path, mail: MailServer) -> Office:
    return make_office(tmp_path, mail)


def make_office(folder: Path, mail: MailServer) -> Office:
    """An office with two letters, whose files are quickly rendered."""
    office = Office(folder, port=mail.port)
    office.reports.cases = {"H08.1": (FIRST, ["A", "B"]), "H08.2": (SECOND, ["C"])}
    office.reports.renders = {"pdf": _plain, "xlsx": _plain, "html": _plain}
    return office


def _plain(document: Document) -> bytes:
    return orjson.dumps(document.payload)


def approved(office: Office, edition: str = ONE) -> Office:
    office.draft()
    office.approve(edition)
    return office


def mails(mail: MailServer) -> list[EmailMessage]:
    return [message_from_bytes(one, EmailMessage, policy=policy.default) for one in mail.mails]


def addresses(mail: MailServer) -> Counter[str]:
    return Counter(str(one["To"]) for one in mails(mail))


def attachments(mail: EmailMessage) -> dict[str, bytes]:
    return {str(part.get_filename()): part.get_payload(decode=True) for part in mail.iter_attachments()}  # type: ignore[misc]  # bytes with decode=True


def test_each_recipient_gets_its_own_files_and_no_other_ones(office: Office, mail: MailServer) -> None:
    approved(office).send()
    found = {str(one["To"]): one for one in mails(mail)}
    assert found.keys() == {OFFICE, FIRST, SECOND}
    assert attachments(found[FIRST]) == {
        f"letter-H08.1.{suffix}": orjson.dumps({"unit": "H08.1", "cases": ["A", "B"]}) for suffix in ("pdf", "xlsx")
    }
    assert list(attachments(found[OFFICE])) == ["letters-2026-11.pdf", "letters-2026-11.xlsx"]
    assert found[FIRST]["Subject"] == "Thông báo H08.1 2026-11"
    assert found[SECOND].get_body().get_content().startswith("H08.2 letters/2026-11/1 letter-H08.2.pdf")  # type: ignore[union-attr]  # it has a body
    assert office.state() == "sent"


def test_what_is_attached_is_the_approved_document(tmp_path: Path, mail: MailServer) -> None:
    office = Office(tmp_path, port=mail.port)
    approved(office).send()
    letter = next(one for one in mails(mail) if one["To"] == FIRST)
    workbook = load_workbook(BytesIO(attachments(letter)["letter-H08.1.xlsx"]))
    cells = {str(cell.value) for sheet in workbook for row in sheet.iter_rows() for cell in row}
    assert {"A", "B"} <= cells
    assert not any("THẢO" in cell for cell in cells)


@pytest.mark.slow
def test_two_hundred_agencies_get_their_own_cases_alone(office: Office, mail: MailServer) -> None:
    units = [f"H08.{number}" for number in range(200)]
    office.reports.cases = {one: (f"{one}@tinh.example", [f"{one}-{case}" for case in range(3)]) for one in units}
    approved(office).send()
    letters = {str(one["To"]): attachments(one) for one in mails(mail) if one["To"] != OFFICE}
    assert letters == {
        f"{one}@tinh.example": {
            f"letter-{one}.{suffix}": orjson.dumps({"unit": one, "cases": [f"{one}-{case}" for case in range(3)]})
            for suffix in ("pdf", "xlsx")
        }
        for one in units
    }
    assert set(addresses(mail).values()) == {1}


def test_sending_again_sends_nothing(office: Office, mail: MailServer) -> None:
    approved(office).send()
    assert office.send() == []
    assert len(mail.mails) == 3


def test_a_unit_without_an_address_is_named_and_the_others_are_sent(office: Office, mail: MailServer) -> None:
    office.reports.cases["H08.3"] = (None, ["D"])
    shown = approved(office).send()
    assert [(one.unit, one.state) for one in shown if one.state != "sent"] == [("H08.3", "no_address")]
    assert (len(mail.mails), office.state()) == (3, "sent")


def test_a_refused_recipient_is_failed_and_alone_sent_again(office: Office, mail: MailServer) -> None:
    mail.answers["RCPT"] = "550 no such user"
    shown = approved(office).send()
    assert {one.state for one in shown} == {"failed"}
    assert office.state() == "approved"
    mail.answers.clear()
    office.send()
    assert (addresses(mail), office.state()) == (Counter([OFFICE, FIRST, SECOND]), "sent")


def test_a_server_that_is_away_is_asked_once_and_everything_is_sent_when_it_is_back(
    office: Office, mail: MailServer
) -> None:
    office.port = 1
    office.sink = office.make_sink()
    shown = approved(office).send()
    assert ([one.state for one in shown], len(office.sendings())) == (["failed"] * 3, 1)
    office.port = mail.port
    office.sink = office.make_sink()
    office.send()
    assert (addresses(mail), office.state()) == (Counter([OFFICE, FIRST, SECOND]), "sent")


def test_silence_after_the_mail_is_a_doubt_that_a_person_ends(office: Office, mail: MailServer) -> None:
    mail.answers["END"] = ""
    approved(office).send()
    assert set(office.sendings().values()) == {"in_doubt"}
    mail.answers.clear()
    received = len(mail.mails)
    assert {one.state for one in office.send()} == {"in_doubt"}
    assert len(mail.mails) == received
    for recipient, outcome in ((OFFICE, "sent"), (FIRST, "sent"), ("H08.2", "not-sent")):
        office.resolve(recipient, outcome)  # type: ignore[arg-type]  # one of the two
    office.send()
    assert [str(one["To"]) for one in mails(mail)[received:]] == [SECOND]
    assert office.state() == "sent"


@pytest.mark.slow
def test_no_kill_at_any_moment_sends_twice_or_loses_a_recipient(tmp_path: Path, mail: MailServer) -> None:
    for last in range(1, 40):
        mail.mails.clear()
        folder = tmp_path / str(last)
        folder.mkdir()
        office = approved(make_office(folder, mail))
        if not _send_and_die(office, Life(last)):
            break
        office.send()
        assert set(addresses(mail).values()) <= {1}, last
        for (_, recipient), state in office.sendings().items():
            assert state == "in_doubt" or addresses(mail)[recipient] == 1, last
            if state == "in_doubt":
                office.resolve(recipient, "sent" if addresses(mail)[recipient] else "not-sent")
        office.send()
        assert (addresses(mail), office.state()) == (Counter([OFFICE, FIRST, SECOND]), "sent"), last
    else:
        pytest.fail("sending did not end")
    assert last > 12


def _send_and_die(office: Office, life: Life) -> bool:
    """Send until the process ends: before or after a commit, before or after the server took a mail."""
    carrier = office.sink._sender._carriers["email"]
    assert isinstance(carrier, MailCarrier)
    send = carrier.gateway.send

    def mortal(message: Any) -> Any:
        life.tick()
        answer = send(message)
        life.tick()
        return answer

    carrier.gateway = _Gateway(mortal)
    event.listen(office.database, "commit", lambda _: life.tick())
    try:
        list(office.sink.send_edition(ONE, person=AN, is_recording=False))
    except KilledError:
        return True
    else:
        return False
    finally:
        life._left = None
        office.sink = office.make_sink()


class _Gateway:
    knows_repeats = False

    def __init__(self, send: Any) -> None:
        self.send = send

    def query(self, message_id: str, gateway_id: str | None) -> None:
        """It cannot be asked."""


def test_the_message_id_is_derived_from_edition_and_recipient(tmp_path: Path, mail: MailServer) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        approved(make_office(tmp_path / folder, mail)).send()
    ids = [str(one["Message-ID"]) for one in mails(mail)]
    assert ids[:3] == ids[3:]
    assert len(set(ids)) == 3


def test_only_an_approved_edition_is_sent_and_only_the_newest(office: Office, mail: MailServer) -> None:
    office.draft()
    with pytest.raises(Rejected, match="phải duyệt"):
        office.send()
    office.approve()
    office.send()
    office.reports.cases["H08.1"] = (FIRST, ["A"])
    office.draft()
    with pytest.raises(Rejected, match="mới hơn"):
        office.send(ONE)


def test_a_report_without_recipients_states_where_to_write_them(tmp_path: Path, mail: MailServer) -> None:
    office = Office(tmp_path, {**RULES, "reports": {"letters": {}}}, port=mail.port)
    office.reports.cases = {}
    with pytest.raises(Rejected, match="report-life"):
        approved(office).send()


def test_the_figures_of_a_recording_leave_this_machine_by_no_way(office: Office, mail: MailServer) -> None:
    approved(office)
    office.sink._sender._carriers["email"].is_here = False
    assert {(one.state, "số liệu giả" in one.why) for one in office.send(is_recording=True)} == {("failed", True)}
    assert (mail.mails, office.sendings()) == ([], {})
    office.sink._sender._carriers["email"].is_here = True
    office.send(is_recording=True)
    assert len(mail.mails) == 3


def test_the_next_edition_goes_to_those_whose_letter_changed_and_states_what(office: Office, mail: MailServer) -> None:
    office.reports.cases["H08.3"] = ("phong-3@tinh.example", ["D"])
    approved(office).send()
    mail.mails.clear()
    office.reports.cases = {"H08.1": (FIRST, ["A", "B"]), "H08.2": (SECOND, ["C", "E"])}
    office.clock.move_to(datetime(2026, 12, 9, tzinfo=UTC))
    approved(office, TWO).send(TWO)
    assert addresses(mail) == Counter([OFFICE, SECOND, "phong-3@tinh.example"])
    assert office.sendings(TWO)["H08.1", FIRST] == "unchanged"
    assert office.state(TWO) == "sent"
    found = office.sink.edition_document(TWO)
    assert found.summary[0] == "Lần phát hành 2, thay cho lần phát hành 1; số liệu thay đổi: 3."
    assert [list(row) for row in found.sheets[-1].rows] == [
        [1, "letters.H08.2.cases", "1", "2"],
        [2, "letters.H08.3.cases", "1", "–"],
        [3, "letters.H08.3.unit", "H08.3", "–"],
    ]
    letters = {part.unit: part.document for part in found.parts}
    assert letters["H08.2"].sheets[-1].rows == [[1, "cases.+", "–", "E"]]
    assert letters["H08.3"].payload == {"unit": "H08.3", "cases": []}
    assert "không còn trường hợp nào" in letters["H08.3"].summary[0]
    text = next(one for one in mails(mail) if one["To"] == OFFICE).get_body().get_content()  # type: ignore[union-attr]  # it has a body
    assert "Lần phát hành 2" in text
    assert "letters-2026-11-lan-2.pdf" in text


def test_a_letter_that_did_not_change_goes_where_the_edition_before_did_not_arrive(
    office: Office, mail: MailServer
) -> None:
    mail.answers["RCPT"] = "550 no such user"
    approved(office).send()
    mail.answers.clear()
    office.reports.cases["H08.2"] = (SECOND, ["C", "E"])
    approved(office, TWO).send(TWO)
    assert addresses(mail) == Counter([OFFICE, FIRST, SECOND])


def test_a_person_notes_that_recipients_have_it(office: Office, mail: MailServer) -> None:
    approved(office).send()
    assert len(mail.mails) == 3
    for recipient, state in ((OFFICE, "sent"), ("H08.1", "sent"), ("", "received")):
        with office.database.begin() as connection:
            office.sink.receive_edition(ONE, recipient, OpenTransaction(connection), person=AN, why="điện thoại")
        assert office.state() == state
