"""A report's document that was frozen is rendered to the same bytes: again, and by another process."""

import sys
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from subprocess import run

import pytest

from lienthong.frozen_report import freeze, thaw
from lienthong.messages import message
from lienthong.report import Chart, Column, Document, Figure, Part, Sheet, Signer
from tests.report_office import RENDERS

ROWS = [(1, "Một", date(2026, 11, 2), Decimal("0.5107"), None, datetime(2026, 11, 2, 3, tzinfo=UTC))]
KINDS = ("number", "text", "date", "percent", "text", "date")
FROZEN_BY_ANOTHER = """
import sys
from hashlib import sha256
from lienthong.frozen_report import thaw
from tests.report_office import RENDERS
document = thaw(sys.stdin.buffer.read())
for suffix, render in RENDERS.items():
    print(suffix, sha256(render(document)).hexdigest())
"""


@pytest.fixture(scope="module")
def document() -> Document:
    letter = Document(
        name="letter",
        title="Thông báo",
        subtitle="",
        period="2026-11",
        agency="VĂN PHÒNG",
        place="Gia Lai",
        issued_on=datetime(2026, 12, 3, 1, tzinfo=UTC),
        payload={"unit": "H08.1", "share": 0.1, "cases": ["A"]},
        sheets=(Sheet("Danh sách", tuple(Column(kind, kind) for kind in KINDS), ROWS, ("", "Cộng", "", "", "", "")),),  # type: ignore[arg-type]  # the kinds of `Column`
        kind="notice",
    )
    return replace(
        letter,
        name="report",
        kind="report",
        notes=["một", message("It could not be done: {why}", why="hai")],
        charts=(Chart("Xu hướng", "line", ["1", "2"], [("Số", [1, Decimal("2.5")])]),),
        figures={"a": Figure("A", ["e1", "e2"], ["e2", "e1", "e3"]), "b": Figure("B", ["e3"])},
        parts=(Part("H08.1", None, letter),),
        signer=Signer(title="CHÁNH VĂN PHÒNG"),
        legal_bases=("Căn cứ",),
    )


def test_every_field_comes_back(document: Document) -> None:
    found = thaw(freeze(document))
    assert found.figures == document.figures
    assert found.signer == document.signer
    assert found.issued_on == document.issued_on
    assert [list(row) for row in found.sheets[0].rows] == [list(row) for row in ROWS]
    assert found.parts[0].document.payload == document.parts[0].document.payload
    plain = {one.name for one in fields(Document)} - {"sheets", "charts", "parts", "notes", "legal_bases"}
    assert {name for name in plain if _plain(getattr(found, name)) != _plain(getattr(document, name))} == set()


def test_the_same_document_gives_the_same_bytes(document: Document) -> None:
    assert freeze(document) == freeze(replace(document)) == freeze(thaw(freeze(document)))


def test_an_event_behind_many_figures_is_kept_once(document: Document) -> None:
    many = replace(document, figures={str(number): Figure("A", ["event-1"] * 9) for number in range(9)})
    assert freeze(many).count(b"event-1") == 1


@pytest.mark.slow
def test_files_are_the_same_from_the_document_from_its_frozen_form_and_in_another_process(document: Document) -> None:
    frozen = freeze(document)
    here = {suffix: sha256(render(document)).hexdigest() for suffix, render in RENDERS.items()}
    again = {suffix: sha256(render(thaw(frozen))).hexdigest() for suffix, render in RENDERS.items()}
    root = Path(__file__).parents[3]
    there = run([sys.executable, "-c", FROZEN_BY_ANOTHER], input=frozen, capture_output=True, check=True, cwd=root)
    assert again == here
    assert dict(line.split() for line in there.stdout.decode().splitlines()) == here


def test_a_value_that_no_file_could_show_is_refused(document: Document) -> None:
    with pytest.raises(TypeError):
        freeze(replace(document, payload={"a": object()}))


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
