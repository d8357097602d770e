"""The register of civil servants as files in a folder."""

import io
import os
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from connectors.sources.ccvc_files import CcvcFiles
from tests.fake_systems import NOON, FakeClock, make_site, poll_completely, poll_until_failure, record_keys

HEADER = ["soHieuCBCCVC", "soDinhDanh", "hoVaTen", "ngayBatDau", "ngayKetThuc", "capNhatLuc"]
ROW = ["H08.CC.1", "052085001234", "NGUYỄN VĂN MẪU", "20120301", "", "20231101000000"]
BODY = dict(zip(HEADER, ROW, strict=True)) | {"ngayKetThuc": None}


class Setup:
    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.clock = FakeClock()
        site = make_site(self.clock)
        self.notices = site.notices
        self.source = CcvcFiles(site, folder=folder, **settings)

    def put(self, name: str, content: bytes | str, *, ago: timedelta = timedelta(minutes=5)) -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        written = (self.clock.moment - ago).timestamp()
        os.utime(path, (written, written))
        return path


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    return Setup(tmp_path)


def csv(*rows: list[str], separator: str = ";") -> str:
    return "".join(separator.join(row) + "\r\n" for row in [HEADER, *rows])


def numbered(number: int) -> list[str]:
    return [f"H08.CC.{number}", *ROW[1:]]


def xlsx(*sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for place, rows in enumerate(sheets):
        sheet = book.worksheets[0] if place == 0 else book.create_sheet()
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def zipped(name: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, "x")
    return content.getvalue()


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_row_of_csv_is_the_record_of_the_feed(setup: Setup, separator: str, mark: str) -> None:
    setup.put("a.csv", mark + csv(ROW, separator=separator))
    (record,), _ = poll_completely(setup.source, {})
    assert (record.type, record.key, record.body) == ("ccvc.record", "H08.CC.1/20120301", BODY)


def test_a_row_of_xlsx_is_the_same_record(setup: Setup) -> None:
    setup.put("a.XLSX", xlsx([HEADER, ROW]))
    (record,), _ = poll_completely(setup.source, {})
    assert (record.key, record.body) == ("H08.CC.1/20120301", BODY)


def test_numbers_and_dates_of_a_spreadsheet_become_text_and_lost_zeros_stay_lost(setup: Setup) -> None:
    cells = [1234, 52085001234.0, None, date(2012, 3, 1), datetime(2023, 11, 1), datetime(2023, 11, 1, 8, 30, 5)]  # noqa: DTZ001 - a cell has no zone
    setup.put("a.xlsx", xlsx([HEADER, cells]))
    (record,), _ = poll_completely(setup.source, {})
    assert record.body == dict(
        zip(HEADER, ["1234", "52085001234", None, "20120301", "20231101", "20231101083005"], strict=True)
    )


def test_a_time_at_midnight_keeps_its_time(setup: Setup) -> None:
    midnight = datetime(2023, 11, 1)  # noqa: DTZ001 - a cell has no zone
    setup.put("a.xlsx", xlsx([HEADER, [*ROW[:5], midnight]]))
    (record,), _ = poll_completely(setup.source, {})
    assert record.body["capNhatLuc"] == "20231101000000"


def test_titles_above_the_header_and_its_spelling_do_not_matter(setup: Setup) -> None:
    header = ["  SO HIEU CBCCVC ", "so_dinh_danh", "hovaten", "NgayBatDau", "ngay ket thuc", "capNhatLuc", "Ghi chú"]
    rows = [["DANH SÁCH CÁN BỘ"], [], ["Tháng 11/2023", None, 5], header, [*ROW, "x"], [None] * 7, ["", " "]]
    setup.put("a.xlsx", xlsx(rows))
    setup.put(
        "b.csv", "Danh sách; tháng 11\r\n" + ";".join(header) + "\r\n" + ";".join([*ROW, "x"]) + "\r\n;;;\r\n\r\n"
    )
    records, _ = poll_completely(setup.source, {})
    assert [record.body for record in records] == [BODY | {"Ghi chú": "x"}] * 2


def test_every_sheet_with_a_header_is_read(setup: Setup) -> None:
    setup.put("a.xlsx", xlsx([["Bìa"]], [HEADER, numbered(1)], [HEADER, numbered(2)]))
    assert record_keys(poll_completely(setup.source, {})[0]) == {"H08.CC.1/20120301", "H08.CC.2/20120301"}


def test_cells_beyond_the_header_of_a_sheet_are_kept_under_one_key(setup: Setup) -> None:
    setup.put("a.xlsx", xlsx([HEADER, [*ROW, "", "thừa"]]))
    (record,), _ = poll_completely(setup.source, {})
    assert record.body == BODY | {"cột thừa": ["thừa"]}


def test_a_row_without_a_staff_number_is_received_without_a_key(setup: Setup) -> None:
    setup.put("a.xlsx", xlsx([HEADER, ["", *ROW[1:]], ["H08.CC.2"]]))
    assert [record.key for record in poll_completely(setup.source, {})[0]] == ["", "H08.CC.2/"]


def test_files_are_read_in_order_of_name_and_only_once(setup: Setup) -> None:
    setup.put("2.csv", csv(numbered(2)))
    setup.put("1.csv", csv(numbered(1)))
    setup.put("note.txt", "x")
    setup.put("~$1.xlsx", "x")
    setup.put(".1.csv", "x")
    records, cursor = poll_completely(setup.source, {})
    assert [record.body["soHieuCBCCVC"] for record in records] == ["H08.CC.1", "H08.CC.2"]
    assert sorted(cursor["read"]) == ["1.csv", "2.csv"]
    assert poll_completely(setup.source, cursor) == ([], cursor)


def test_a_changed_file_is_read_again_and_a_removed_file_leaves_the_cursor(setup: Setup) -> None:
    gone = setup.put("1.csv", csv(numbered(1)))
    setup.put("2.csv", csv(numbered(2)))
    _, cursor = poll_completely(setup.source, {})
    gone.unlink()
    setup.put("2.csv", csv(numbered(3)))
    records, cursor = poll_completely(setup.source, cursor)
    assert record_keys(records) == {"H08.CC.3/20120301"}
    assert list(cursor["read"]) == ["2.csv"]


def test_a_file_still_being_written_waits_for_the_next_poll(setup: Setup) -> None:
    setup.put("1.csv", csv(ROW), ago=timedelta(seconds=3))
    assert poll_completely(setup.source, {}) == ([], {})
    setup.clock.moment += timedelta(seconds=8)
    assert len(poll_completely(setup.source, {})[0]) == 1


def test_a_file_dated_after_our_clock_is_read(setup: Setup) -> None:
    setup.put("1.csv", csv(ROW), ago=timedelta(days=-30))
    assert len(poll_completely(setup.source, {})[0]) == 1


UNREADABLE = {
    "no zip": ("b.xlsx", b"no workbook"),
    "cut zip": ("b.xlsx", xlsx([HEADER, ROW])[:1500]),
    "wrong encoding": ("b.csv", csv(ROW).encode("utf-16")),
    "old code page": ("b.csv", b"soHieuCBCCVC;ngayBatDau\r\n" + b"Nguy\xea\xefn;1\r\n" * 40),
    "no header": ("b.csv", b"a;b\r\n1;2\r\n"),
    "empty": ("b.csv", b""),
    "workbook without header": ("b.xlsx", xlsx([["a", "b"], ["1", "2"]])),
    "another zip": ("b.xlsx", zipped("readme.txt")),
}


@pytest.mark.parametrize(("name", "content"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_an_unreadable_file_is_named_after_the_others_were_read(setup: Setup, name: str, content: bytes) -> None:
    setup.put("a.csv", csv(numbered(1)))
    setup.put(name, content)
    setup.put("c.csv", csv(numbered(3)))
    records, cursor, failure = poll_until_failure(setup.source, {})
    assert failure
    assert failure.why.startswith(f"không đọc được tệp CCVC: {name} (")
    assert record_keys(records) == {"H08.CC.1/20120301", "H08.CC.3/20120301"}
    assert sorted(cursor["read"]) == ["a.csv", "c.csv"]
    setup.put(name, csv(numbered(2)) if name.endswith("csv") else xlsx([HEADER, numbered(2)]))
    records, _ = poll_completely(setup.source, cursor)
    assert record_keys(records) == {"H08.CC.2/20120301"}


def test_a_truncated_sheet_is_named_and_is_not_in_the_cursor(setup: Setup) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx([HEADER, ROW]))) as good, zipfile.ZipFile(content, "w") as bad:
        for part in good.infolist():
            data = good.read(part)
            bad.writestr(part, data[:-60] if "sheet1.xml" in part.filename else data)
    setup.put("a.xlsx", content.getvalue())
    _, cursor, failure = poll_until_failure(setup.source, {})
    assert failure
    assert "a.xlsx (nội dung hỏng" in failure.why
    assert not cursor.get("read")


def test_a_file_or_workbook_that_is_too_large_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    setup = Setup(tmp_path, size_limit=100)
    setup.put("a.csv", csv(ROW, ROW, ROW))
    assert "lớn hơn giới hạn 100 byte" in str(poll_until_failure(setup.source, {})[2])
    monkeypatch.setattr("lienthong.connectors.protocols.xlsx_rows._UNPACKED_LIMIT", 1000)
    unpacked = Setup(tmp_path / "x")
    unpacked.folder.mkdir()
    unpacked.put("a.xlsx", xlsx([HEADER, ROW]))
    assert "quá lớn sau khi giải nén" in str(poll_until_failure(unpacked.source, {})[2])


def test_a_large_file_is_read_in_pages_and_the_last_cursor_contains_it(tmp_path: Path) -> None:
    setup = Setup(tmp_path, page_size=2)
    setup.put("1.csv", csv(*map(numbered, range(5))))
    pages = list(setup.source.poll({}))
    assert [len(page.records) for page in pages] == [2, 2, 1, 0]
    assert [list(page.cursor["read"]) for page in pages] == [[], [], [], ["1.csv"]]


def test_a_read_file_is_moved_away_at_the_next_poll(tmp_path: Path) -> None:
    setup = Setup(tmp_path, done=tmp_path / "done")
    setup.put("1.csv", csv(numbered(1)))
    _, cursor = poll_completely(setup.source, {})
    assert (tmp_path / "1.csv").exists()
    poll_completely(setup.source, cursor)
    assert not (tmp_path / "1.csv").exists()
    setup.put("1.csv", csv(numbered(2)))
    records, cursor = poll_completely(setup.source, cursor)
    poll_completely(setup.source, cursor)
    assert record_keys(records) == {"H08.CC.2/20120301"}
    assert len(list((tmp_path / "done").iterdir())) == 2


def test_a_file_that_cannot_be_moved_away_is_named(tmp_path: Path) -> None:
    setup = Setup(tmp_path, done=tmp_path / "done")
    setup.put("done", "a file in the folder's place")
    setup.put("1.csv", csv(numbered(1)))
    _, cursor = poll_completely(setup.source, {})
    assert "1.csv (đã đọc xong nhưng không chuyển được" in str(poll_until_failure(setup.source, cursor)[2])


def test_a_missing_folder_is_transient(tmp_path: Path) -> None:
    _, _, failure = poll_until_failure(CcvcFiles(make_site(FakeClock(NOON)), folder=tmp_path / "none"), {})
    assert failure
    assert "thư mục" in failure.why


NOT_READ = ("a.xls", "b.ODS", "c.xlsm", "d.csv.zip", "e.txt", "f", "g.rar", "h.csv.part")


def test_what_is_not_read_is_noticed_once_and_lock_files_are_not(setup: Setup) -> None:
    setup.put("1.csv", csv(numbered(1)))
    for name in (*NOT_READ, "~$1.xlsx", ".hidden.xls"):
        setup.put(name, "x")
    (setup.folder / "old.csv").mkdir()
    records, cursor = poll_completely(setup.source, {})
    assert record_keys(records) == {"H08.CC.1/20120301"}
    texts = setup.notices.take()
    assert [text.split(":")[0] for text in texts] == [*NOT_READ, "old.csv"]
    assert all(".xlsx" in text for text in texts[:-1]) and "giải nén" in texts[3] and "thư mục" in texts[-1]
    poll_completely(setup.source, cursor)
    assert setup.notices.take() == []


def test_the_folder_of_files_that_were_read_is_no_foreign_folder(tmp_path: Path) -> None:
    setup = Setup(tmp_path, done=tmp_path / "done")
    (tmp_path / "done").mkdir()
    poll_completely(setup.source, {})
    assert setup.notices.take() == []


def test_lines_that_cannot_be_read_are_counted(setup: Setup) -> None:
    setup.put("a.csv", csv(numbered(1), ['"open', *ROW[1:]], numbered(3), ["H08.CC.4"]))
    records, cursor = poll_completely(setup.source, {})
    assert [record.key for record in records] == ["H08.CC.1/20120301", "", "H08.CC.3/20120301", ""]
    (texts,) = setup.notices.take()
    assert "2 trong 5 dòng" in texts
    poll_completely(setup.source, cursor)
    assert setup.notices.take() == []


def test_invisible_characters_do_not_make_another_person(setup: Setup) -> None:
    setup.put(
        "a.csv", csv(ROW, [f"{ROW[0]}\ufeff", *ROW[1:]], [f"\u200b{ROW[0]}", *ROW[1:3], "2012\u20600301", "", ""])
    )
    records, _ = poll_completely(setup.source, {})
    assert [record.key for record in records] == ["H08.CC.1/20120301"] * 3
    assert records[1].body["soHieuCBCCVC"] == "H08.CC.1\ufeff", "the body stays as it came"
