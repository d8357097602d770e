"""A report's PDF as an archive judges it. The validator passes only what it knows to conform to PDF/A-2b."""

import io
from decimal import Decimal

import pikepdf
import pytest
from pikepdf.pdfa import validate_written

from lienthong.report import Chart, Document, Sheet
from reports.rendering import pdf
from tests.unit.reports.rendering.documents import COLUMNS, document, rows

TREND = Chart("Theo tháng", "line", ["10/2023", "11/2023"], [("Đạt", [3, None]), ("Nộp", [0, Decimal("0.5")])])
RANKING = Chart("Cơ quan 😀", "bar", ["Sở Y tế", "Sở 😀"], [("Trường hợp", [1200, 7])])
ODD = "😀 \u2028 \ue000 漢字 \u0307 <b> \x07"


@pytest.mark.parametrize(
    "shown",
    [
        document(Sheet("Danh sách", COLUMNS, rows(60)), charts=[TREND, RANKING]),
        document(draft=True, number="1/BC-VPUBND", superior="UBND TỈNH"),
        document(
            Sheet(ODD, COLUMNS, [(1, ODD, ODD, None, 1, 0.5)]), title=ODD, agency=ODD, notes=(ODD,), recipients=(ODD,)
        ),
    ],
    ids=["with charts and an annex", "a draft", "letters that no font has"],
)
def test_a_report_is_pdf_a_2b(shown: Document) -> None:
    report = validate_written(io.BytesIO(pdf.render(shown)), "2b")
    assert report.passed, [str(finding) for finding in report.findings]


def test_the_validator_refuses_what_is_none() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf.render(document()))) as changed:
        del changed.Root.OutputIntents
        changed.save(out)
    assert not validate_written(out, "2b").passed


def test_the_file_states_its_title_agency_and_day_and_not_what_differs_between_machines() -> None:
    content = pdf.render(document(superior="UBND TỈNH"))
    with pikepdf.open(io.BytesIO(content)) as read, read.open_metadata() as metadata:
        assert metadata["dc:title"] == "Trường hợp nộp hồ sơ giấy trực tiếp"
        assert metadata["dc:creator"] == ["UBND TỈNH - VĂN PHÒNG UBND TỈNH"]
        assert metadata["xmp:CreateDate"] == "2024-02-01T00:00:00+07:00"
        assert str(read.docinfo["/CreationDate"]) == "D:20240201000000+07'00'"
        assert pikepdf.__version__ not in str(read.docinfo) + str(metadata)
