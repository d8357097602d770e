"""The three reports over a small data store, with their real rules and configuration."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import Engine, create_engine, delete

from lienthong.configuration.resolve import make_connector
from lienthong.envelope import Envelope
from lienthong.errors import Rejected, Transient
from lienthong.ports import Site
from lienthong.report import Document
from reports.rendering import pdf, xlsx
from store import tables
from store.writer import DataStore
from tests.contract.sinks_contract import committed
from tests.databases import open_in_memory
from tests.unit.store.events import account, dossier, servant
from transforms.organisation_files import OrganisationFiles
from transforms.report_targets import ReportTargets

CONFIG = Path(__file__).parents[3] / "config" / "reports"
ISSUED = datetime(2023, 12, 1, 2, tzinfo=UTC)
TARGETS = ReportTargets(indicators={"online": {"*": 50}, "digitised": {"*": 80}})
ON_TIME = {"title": "Đúng hạn", "counts": ["finished"], "reaches": ["in-time"]}
FIRST, SECOND = "000.00.31.H08-231107-0001", "000.00.31.H08-231107-0002"


class _Clock:
    def now(self) -> datetime:
        return ISSUED


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = open_in_memory()
    yield engine
    engine.dispose()


def _store(engine: Engine, *events: Envelope) -> None:
    with committed(engine) as transaction:
        DataStore(Site(_Clock(), engine)).deliver(events, transaction)


def _report(site: Site, name: str, **changed: Any) -> Any:
    settings = yaml.safe_load((CONFIG / f"{name}.yaml").read_text(encoding="utf-8"))
    named_things = {"own_files": {"reports-targets": TARGETS, "organisations": OrganisationFiles()}}
    return make_connector(settings["use"], site, settings["with"] | changed, {}, **named_things)


def _build(engine: Engine, name: str, period: str = "2023-11", **changed: Any) -> Document:
    document = _report(Site(_Clock(), engine), name, **changed).build(period)
    assert isinstance(document, Document)
    return document


def _sheet(document: Document, title: str) -> dict[str, Any]:
    (sheet,) = [sheet for sheet in document.sheets if sheet.title == title]
    return {"rows": [tuple(row) for row in sheet.rows], "total": sheet.total}


def test_paper_filings_names_each_case_with_its_officer(engine: Engine) -> None:
    _store(
        engine,
        servant(),
        dossier(SECOND, officer=None, quality=["officer-unknown"]),
        dossier(FIRST),
        dossier("000.00.31.H08-231107-0003", channel="online"),
        dossier("000.00.31.H08-231107-0004", identity=None, quality=["identity-unknown"]),
        dossier("000.00.31.H08-231101-0005", accepted_at="2023-10-31T17:00:00Z"),
        dossier("000.00.31.H08-231031-0006", accepted_at="2023-10-31T16:59:59Z", quality=["identity-unknown"]),
        dossier(FIRST, source="dvcqg"),
    )
    document = _build(engine, "paper-filings")
    assert document.payload["total"] == 3
    assert [case["dossier"] for case in document.payload["cases"]] == ["000.00.31.H08-231101-0005", FIRST, SECOND]
    assert document.payload["cases"][1] == {
        "dossier": FIRST,
        "staff_no": "H08.CC.000112",
        "staff_agency": "H08.07",
        "procedure": "1.001193",
        "accepted_on": "2023-11-07",
        "receiving_agency": "000.00.31.H08",
        "receiving_officer": "Bùi Minh Phúc",
    }
    assert document.payload["by_staff_agency"] == {"H08.07": 3}
    cases = _sheet(document, "Danh sách trường hợp nộp hồ sơ giấy trực tiếp")["rows"]
    assert cases[1][1:5] == (FIRST, "Đăng ký khai sinh (1.001193)", datetime(2023, 11, 7).date(), "H08.CC.000112")  # noqa: DTZ001 - a local day
    assert cases[2][-1] == "Không rõ"
    receivers = _sheet(document, "Theo nơi và người tiếp nhận")
    assert receivers["rows"][0] == (1, "Bộ phận Một cửa thành phố Quy Nhơn", "Bùi Minh Phúc", 2)
    assert receivers["total"][-1] == 3
    quality = _sheet(document, "Chất lượng dữ liệu")
    assert quality["rows"][0][1:3] == ("Không xác định được số định danh cá nhân của người nộp", 1)
    assert (quality["rows"][0][-1], quality["total"][2], quality["total"][-1]) == (2, 5, 6)
    assert "có 3 trường hợp" in document.summary[0] and "758/VPUBND-KSTT" in document.legal_bases[1]


def test_a_month_without_cases_still_gives_a_report_in_every_form(engine: Engine) -> None:
    _store(engine, dossier(channel="online"))
    document = _build(engine, "paper-filings")
    nothing = {"by_staff_agency": {}, "rolled_up": {}, "by_procedure": {}, "trend": {}}
    assert document.payload == {"period": "2023-11", "total": 0, "cases": [], **nothing}
    assert "không phát sinh" in document.summary[0]
    assert pdf.render(document).startswith(b"%PDF")
    assert len(load_workbook(io.BytesIO(xlsx.render(document))).sheetnames) == len(document.sheets) + 1


def test_vneid_activation_counts_staff_and_level_2_accounts_at_the_cut_off(engine: Engine) -> None:
    _store(
        engine,
        servant("H08.CC.000001", identity="052085000001", old_identity=None),
        servant("H08.CC.000002", identity="052085000002", old_identity=None),
        servant("H08.CC.000003", identity="052085000003", old_identity=None, agency="H08.09", agency_name="Sở GTVT"),
        servant("H08.CC.000004", identity="052085000004", old_identity=None, ends_on="2023-11-25"),
        account("052085000001"),
        account("052085000002", activated_at="2023-11-24T17:00:00Z"),
        account("052085000003", level=1),
    )
    document = _build(engine, "vneid-activation")
    by_agency = {"H08.07": {"staff": 2, "level2": 1}, "H08.09": {"staff": 1, "level2": 0}}
    assert document.payload == {"as_at": "2023-11-25", "by_agency": by_agency, "rolled_up": by_agency}
    table = _sheet(document, "Theo cơ quan, đơn vị")
    assert table["rows"][1][1:6] == ("H08.09", "Sở GTVT", 1, 0, 1)
    assert table["total"][3:6] == (3, 1, 2)
    assert "đạt 33,33%" in document.summary[0]
    assert _build(engine, "vneid-activation", cut_off_day=26).payload["by_agency"]["H08.07"]["level2"] == 2


def test_vneid_activation_counts_numbers_that_cannot_be_read(engine: Engine) -> None:
    spoilt = {"identity": None, "old_identity": None, "quality": ("identity-unreadable",)}
    _store(
        engine,
        servant("H08.CC.000001", old_identity=None),
        servant("H08.CC.000002", **spoilt),
        servant("H08.CC.000003", **spoilt),
        servant("H08.CC.000004", identity=None, old_identity=None),
        servant("H08.CC.000005", identity=None),
    )
    document = _build(engine, "vneid-activation")
    table = _sheet(document, "Chất lượng dữ liệu")
    assert [row[2] for row in table["rows"]] == [3, 2, 1, 1]
    assert table["total"][2] == 5
    assert any("3 người" in text and "2 người" in text for text in document.summary)
    assert set(document.payload) == {"as_at", "by_agency", "rolled_up"}
    with engine.begin() as connection:
        connection.execute(tables.service_periods.update().values(quality=None))
    rows = _sheet(_build(engine, "vneid-activation"), "Chất lượng dữ liệu")["rows"]
    assert [row[2] for row in rows] == [3, 0, 0, 3, 1], "of rows of an earlier version it is not known"


def test_indicators_show_numerator_denominator_share_and_target(engine: Engine) -> None:
    paper = {"digitised": True, "reused": False, "from_store": True}
    done = {"status": 9, "completed_at": "2023-11-08T00:00:00Z", "appointment_at": "2023-11-09T00:00:00Z"}
    portal = {"source": "dvcqg", "vneid_authenticated": True}
    paid = {"fee": 1000, "online_payment": 1}
    _store(
        engine,
        dossier("D-1", **portal, **done, **paid, channel="online", result_file=True, components=[paper]),
        dossier("D-2", **portal, channel="in_person", fee=0, components=[{**paper, "digitised": False}]),
        dossier("D-3", **portal, channel="online", components=None),
        dossier("D-4", **portal, accepted_at="2023-11-30T17:00:00Z"),
        dossier("D-5", source="igate", channel="online"),
    )
    document = _build(engine, "indicators")
    below_target = {name: ["D"] if name == "digitised" else [] for name in document.payload["indicators"]}
    assert document.payload["below_target"] == below_target
    assert set(document.payload["by_unit"]) == {"D"}, "without a catalogue, the code in the dossier"
    assert {name: document.payload[name] for name in ("period", "indicators")} == {
        "period": "2023-11",
        "indicators": {
            "online": {"numerator": 2, "denominator": 3},
            "online_payment": {"numerator": 1, "denominator": 1},
            "e_result": {"numerator": 1, "denominator": 1},
            "digitised": {"numerator": 1, "denominator": 3},
            "reuse": {"numerator": 2, "denominator": 3},
            "on_time": {"numerator": 1, "denominator": 1},
            "vneid_authenticated": {"numerator": 3, "denominator": 3},
        },
    }
    table = [tuple(map(str, row)) for row in document.sheets[0].rows]
    assert table[0] == ("1", "Hồ sơ dịch vụ công trực tuyến", "2", "3", "0.6667", "0.5", "Đạt")
    assert table[2][-2:] == ("Chưa giao", "–")
    by_unit = [tuple(map(str, row)) for row in document.sheets[1].rows]
    assert by_unit[3][3:7] == ("Số hóa thành phần hồ sơ", "1", "3", "0.3333"), "never a share without its counts"
    assert table[3][-1] == "Chưa đạt"
    assert "Chỉ tiêu chưa đạt: Số hóa thành phần hồ sơ (1/3 = 33,33%, mức giao 80,00%)." in document.summary


def test_the_printed_report_has_the_figures_of_the_one_for_programs(engine: Engine) -> None:
    portal = {"source": "dvcqg", "vneid_authenticated": True}
    _store(engine, *(dossier(f"D-{n}", **portal, channel="online" if n % 3 else "in_person") for n in range(17)))
    document = _build(engine, "indicators")
    pages = PdfReader(io.BytesIO(pdf.render(document))).pages
    printed = " ".join(" ".join(page.extract_text() for page in pages).split())
    figures = document.payload["indicators"]
    assert figures["online"] == {"numerator": 11, "denominator": 17}
    for title, name in (("Hồ sơ dịch vụ công trực tuyến", "online"), ("đã xác thực với VNeID", "vneid_authenticated")):
        counts = figures[name]
        assert f"{title} {counts['numerator']} {counts['denominator']} " in printed
    assert "64,71%" in printed


def test_a_portal_dossier_whose_history_was_removed_still_counts(engine: Engine) -> None:
    _store(
        engine,
        dossier("D-1", source="dvcqg", channel="online", vneid_authenticated=True),
        dossier("D-2", source="dvcqg"),
    )
    with engine.begin() as connection:
        connection.execute(delete(tables.dossier_versions).where(tables.dossier_versions.c.code == "D-1"))
    found = _build(engine, "indicators").payload["indicators"]
    assert found["online"] == {"numerator": 1, "denominator": 2}
    assert found["vneid_authenticated"] == {"numerator": 0, "denominator": 2}


def test_which_indicators_are_reported_is_configuration(engine: Engine) -> None:
    _store(engine, dossier(source="dvcqg"))
    document = _build(engine, "indicators", indicators={"on_time": ON_TIME})
    assert document.payload["indicators"] == {"on_time": {"numerator": 0, "denominator": 0}}
    assert [row[4] for row in document.sheets[0].rows] == ["–"]


@pytest.mark.parametrize("name", ["paper-filings", "vneid-activation", "indicators"])
def test_every_document_has_its_name_date_and_recipients(engine: Engine, name: str) -> None:
    document = _build(engine, name)
    assert (document.name, document.period, document.issued_on) == (f"{name}-2023-11", "2023-11", ISSUED)
    assert (document.superior, document.agency, document.place) == ("UBND TỈNH BÌNH ĐỊNH", "VĂN PHÒNG", "Bình Định")
    assert document.signer is not None and document.signer.title == "CHÁNH VĂN PHÒNG"
    assert all(text.startswith("Căn cứ ") for text in document.legal_bases) and document.legal_bases
    assert document.notes and "Lưu: VT, KSTT" in document.recipients
    assert any("Giả định" in note for note in document.notes)


@pytest.mark.parametrize("period", ["2023-13", "2023", "11/2023", "2023-11-01", "２０２３-11", ""])
@pytest.mark.parametrize("name", ["paper-filings", "vneid-activation", "indicators"])
def test_a_period_that_is_no_month_is_refused(engine: Engine, name: str, period: str) -> None:
    with pytest.raises(Rejected) as refused:
        _build(engine, name, period)
    assert refused.value.field == "period"


def test_a_cut_off_day_that_the_month_does_not_have_is_refused(engine: Engine) -> None:
    with pytest.raises(Rejected, match="không có ngày 30"):
        _build(engine, "vneid-activation", "2023-02", cut_off_day=30)


def test_a_store_that_cannot_be_read_is_transient() -> None:
    class Broken:
        def connect(self) -> Any:
            return create_engine("sqlite:////no/such/folder/database").connect()

    with pytest.raises(Transient):
        _report(Site(_Clock(), Broken()), "indicators").build("2023-11")
