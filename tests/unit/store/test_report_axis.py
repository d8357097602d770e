"""A report goes to the document axis as a package of edXML: whole or not at all, and once."""

from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import orjson
import pytest
from pydantic import ValidationError

from connectors.edxml.package import NAMESPACE
from lienthong import Document, Sent
from store.reports.carriers import AXIS
from store.reports.mail import Target
from store.reports.sendings import Sendings
from tests.report_office import RULES, Office
from transforms.report_life import ReportLife

ONE = "letters/2026-11/1"
AXIS_RULES: dict[str, Any] = {
    **RULES,
    "reports": {"letters": {"axis": True}},
    "axis": {
        "sender": {"id": "H08.02", "name": "Văn phòng"},
        "to": [{"id": "H08", "name": "UBND tỉnh"}, {"id": "G09", "name": "Bộ"}],
    },
}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path, AXIS_RULES)
    office.reports.cases = {}
    office.reports.renders = {"pdf": _plain, "xlsx": _plain}
    office.draft()
    return office


def _plain(document: Document) -> bytes:
    return orjson.dumps(document.payload)


def packages(office: Office) -> dict[str, bytes]:
    folder = office.folder / "axis"
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def states(found: list[Sent]) -> set[str]:
    return {one.state for one in found}


def test_the_package_has_sender_recipients_number_and_files(office: Office) -> None:
    office.approve(number="12/BC-VPUBND")
    assert states(office.send()) == {"sent"}
    ((name, content),) = packages(office).items()
    root = ET.fromstring(content)  # noqa: S314 - our own
    found = {one.tag.removeprefix(f"{{{NAMESPACE}}}"): one.text for one in root.iter()}
    assert name == "letters-2026-11-1.edxml"
    assert found["DocumentId"] == "H08.02,2026/12/03,12/BC-VPUBND"
    assert (found["CodeNumber"], found["CodeNotation"]) == ("12", "BC-VPUBND")
    assert found["PromulgationDate"] == "2026/12/03"
    assert found["Timestamp"] == "2026/12/03 08:00:00"
    assert [one.text for one in root.iter(f"{{{NAMESPACE}}}OrganId")] == ["H08.02", "H08", "G09", "H08.02"]
    files = [one.text for one in root.iter(f"{{{NAMESPACE}}}AttachmentName")]
    assert files == ["letters-2026-11.pdf", "letters-2026-11.xlsx"]
    assert b64decode(found["ContentTransferEncoded"] or "") == orjson.dumps({"period": "2026-11", "letters": []})
    assert office.state() == "sent"


def test_the_same_edition_is_the_same_package_and_show_writes_it_too(office: Office) -> None:
    office.approve(number="12/BC-VPUBND")
    office.send()
    office.clock.move_to(datetime(2027, 1, 1, tzinfo=UTC))
    files = {path.name: content for path, content in office.make_sink().edition_files(ONE)}
    assert files["letters-2026-11-1.edxml"] == packages(office)["letters-2026-11-1.edxml"]


def test_without_a_number_it_is_not_sent_and_states_how_to_give_one(office: Office) -> None:
    office.approve()
    (sent,) = office.send()
    assert (sent.state, "--number" in sent.why, packages(office)) == ("failed", True, {})


def test_a_folder_that_cannot_be_written_leaves_nothing_and_is_tried_again(office: Office) -> None:
    office.approve(number="12/BC-VPUBND")
    (office.folder / "axis").write_text("")
    assert states(office.send()) == {"failed"}
    (office.folder / "axis").unlink()
    assert states(office.send()) == {"sent"}
    assert list(packages(office)) == ["letters-2026-11-1.edxml"]


@pytest.mark.parametrize("lies_there", [True, False])
def test_after_a_kill_a_package_that_lies_there_is_sent_and_one_that_does_not_is_in_doubt(
    office: Office, lies_there: bool
) -> None:
    office.approve(number="12/BC-VPUBND")
    document = office.sink.edition_document(ONE)
    target = Target(AXIS, "", "H08,G09", document)
    Sendings(office.database, ONE).begin(target, [], office.clock.now())
    if lies_there:
        (office.folder / "axis").mkdir()
        (office.folder / "axis" / "letters-2026-11-1.edxml").write_bytes(b"")
    assert states(office.send()) == {"sent" if lies_there else "in_doubt"}
    assert len(packages(office)) == lies_there


def test_the_figures_of_a_recording_get_no_package(office: Office) -> None:
    office.approve(number="12/BC-VPUBND")
    assert states(office.send(is_recording=True)) == {"failed"}
    assert packages(office) == {}


def test_axis_without_its_organisations_is_refused() -> None:
    with pytest.raises(ValidationError, match="letters"):
        ReportLife.model_validate({**AXIS_RULES, "axis": None})
