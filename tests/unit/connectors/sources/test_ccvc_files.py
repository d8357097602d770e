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
from tests.unit.connectors.sources.fakes import NOON, FakeClock, keys, read, site, whole

HEADER = ["soHieuCBCCVC", "soDinhDanh", "hoVaTen", "ngayBatDau", "ngayKetThuc", "capNhatLuc"]
ROW = ["H08.CC.1", "052085001234", "NGUYỄN VĂN MẪU", "20120301", "", "20231101000000"]
BODY = dict(zip(HEADER, ROW, strict=True)) | {"ngayKetThuc": None}


class Stand:
    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.clock = FakeClock()
        self.source = CcvcFiles(site(self.clock), folder=folder, **settings)

    def put(self, name: str, content: bytes | str, *, ago: timedelta = timedelta(minutes=5)) -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        written = (self.clock.moment - ago).timestamp()
        os.utime(path, (written, written))
        return path


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    return Stand(tmp_path)


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
def test_a_row_of_csv_is_the_record_the_feed_would_have_shown(stand: Stand, separator: str, mark: str) -> None:
    stand.put("a.csv", mark + csv(ROW, separator=separator))
    (record,), _ = whole(stand.source, {})
    assert (record.type, record.key, record.body) == ("ccvc.record", "H08.CC.1/20120301", BODY)


def test_a_row_of_xlsx_is_the_same_record(stand: Stand) -> None:
    stand.put("a.XLSX", xlsx([HEADER, ROW]))
    (record,), _ = whole(stand.source, {})
    assert (record.key, record.body) == ("H08.CC.1/20120301", BODY)


def test_what_a_spreadsheet_made_of_text_is_text_again_and_lost_zeros_stay_lost(stand: Stand) -> None:
    cells = [1234, 52085001234.0, None, date(2012, 3, 1), datetime(2023, 11, 1), datetime(2023, 11, 1, 8, 30, 5)]  # noqa: DTZ001 - a cell has no zone
    stand.put("a.xlsx", xlsx([HEADER, cells]))
    (record,), _ = whole(stand.source, {})
    assert record.body == dict(
        zip(HEADER, ["1234", "52085001234", None, "20120301", "20231101", "20231101083005"], strict=True)
    )


def test_a_moment_at_midnight_keeps_its_time(stand: Stand) -> None:
    midnight = datetime(2023, 11, 1)  # noqa: DTZ001 - a cell has no zone
    stand.put("a.xlsx", xlsx([HEADER, [*ROW[:5], midnight]]))
    (record,), _ = whole(stand.source, {})
    assert record.body["capNhatLuc"] == "20231101000000"


def test_titles_above_the_header_and_its_spelling_do_not_matter(stand: Stand) -> None:
    header = ["  SO HIEU CBCCVC ", "so_dinh_danh", "hovaten", "NgayBatDau", "ngay ket thuc", "capNhatLuc", "Ghi chú"]
    rows = [["DANH SÁCH CÁN BỘ"], [], ["Tháng 11/2023", None, 5], header, [*ROW, "x"], [None] * 7, ["", " "]]
    stand.put("a.xlsx", xlsx(rows))
    stand.put(
        "b.csv", "Danh sách; tháng 11\r\n" + ";".join(header) + "\r\n" + ";".join([*ROW, "x"]) + "\r\n;;;\r\n\r\n"
    )
    records, _ = whole(stand.source, {})
    assert [record.body for record in records] == [BODY | {"Ghi chú": "x"}] * 2


def test_every_sheet_with_a_header_is_read(stand: Stand) -> None:
    stand.put("a.xlsx", xlsx([["Bìa"]], [HEADER, numbered(1)], [HEADER, numbered(2)]))
    assert keys(whole(stand.source, {})[0]) == {"H08.CC.1/20120301", "H08.CC.2/20120301"}


def test_cells_beyond_the_header_are_kept_apart(stand: Stand) -> None:
    stand.put("a.csv", csv([*ROW, "", "thừa"]))
    (record,), _ = whole(stand.source, {})
    assert record.body == BODY | {"cột thừa": ["thừa"]}


def test_a_row_without_a_staff_number_is_taken_in_without_a_key(stand: Stand) -> None:
    stand.put("a.csv", csv(["", *ROW[1:]], ["H08.CC.2"]))
    assert [record.key for record in whole(stand.source, {})[0]] == ["", "H08.CC.2/"]


def test_files_are_read_in_order_of_name_and_only_once(stand: Stand) -> None:
    stand.put("2.csv", csv(numbered(2)))
    stand.put("1.csv", csv(numbered(1)))
    stand.put("note.txt", "x")
    stand.put("~$1.xlsx", "x")
    stand.put(".1.csv", "x")
    records, cursor = whole(stand.source, {})
    assert [record.body["soHieuCBCCVC"] for record in records] == ["H08.CC.1", "H08.CC.2"]
    assert sorted(cursor["read"]) == ["1.csv", "2.csv"]
    assert whole(stand.source, cursor) == ([], cursor)


def test_a_file_that_changed_is_read_again_and_one_that_is_gone_is_forgotten(stand: Stand) -> None:
    gone = stand.put("1.csv", csv(numbered(1)))
    stand.put("2.csv", csv(numbered(2)))
    _, cursor = whole(stand.source, {})
    gone.unlink()
    stand.put("2.csv", csv(numbered(3)))
    records, cursor = whole(stand.source, cursor)
    assert keys(records) == {"H08.CC.3/20120301"}
    assert list(cursor["read"]) == ["2.csv"]


def test_a_file_still_being_written_waits_for_the_next_poll(stand: Stand) -> None:
    stand.put("1.csv", csv(ROW), ago=timedelta(seconds=3))
    assert whole(stand.source, {}) == ([], {})
    stand.clock.moment += timedelta(seconds=8)
    assert len(whole(stand.source, {})[0]) == 1


def test_a_file_dated_after_our_clock_is_read(stand: Stand) -> None:
    stand.put("1.csv", csv(ROW), ago=timedelta(days=-30))
    assert len(whole(stand.source, {})[0]) == 1


BROKEN = {
    "no zip": ("b.xlsx", b"no workbook"),
    "cut zip": ("b.xlsx", xlsx([HEADER, ROW])[:1500]),
    "wrong encoding": ("b.csv", csv(ROW).encode("utf-16")),
    "old code page": ("b.csv", "soHieuCBCCVC;ngayBatDau\r\nNguyễn;1".encode("cp1258", "replace") + b"\xff"),
    "no header": ("b.csv", b"a;b\r\n1;2\r\n"),
    "empty": ("b.csv", b""),
    "workbook without header": ("b.xlsx", xlsx([["a", "b"], ["1", "2"]])),
    "another zip": ("b.xlsx", zipped("readme.txt")),
    "endless cell": ("b.csv", csv(["x" * 200_000]).encode()),
}


@pytest.mark.parametrize(("name", "content"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_named_after_the_others_were_read(stand: Stand, name: str, content: bytes) -> None:
    stand.put("a.csv", csv(numbered(1)))
    stand.put(name, content)
    stand.put("c.csv", csv(numbered(3)))
    records, cursor, failure = read(stand.source, {})
    assert failure
    assert failure.why.startswith(f"không đọc được tệp CCVC: {name} (")
    assert keys(records) == {"H08.CC.1/20120301", "H08.CC.3/20120301"}
    assert sorted(cursor["read"]) == ["a.csv", "c.csv"]
    stand.put(name, csv(numbered(2)) if name.endswith("csv") else xlsx([HEADER, numbered(2)]))
    records, _ = whole(stand.source, cursor)
    assert keys(records) == {"H08.CC.2/20120301"}


def test_a_sheet_broken_in_the_middle_is_named_and_read_again_when_repaired(stand: Stand) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx([HEADER, ROW]))) as good, zipfile.ZipFile(content, "w") as bad:
        for part in good.infolist():
            data = good.read(part)
            bad.writestr(part, data[:-60] if "sheet1.xml" in part.filename else data)
    stand.put("a.xlsx", content.getvalue())
    _, cursor, failure = read(stand.source, {})
    assert failure
    assert "a.xlsx (nội dung hỏng" in failure.why
    assert not cursor.get("read")


def test_a_file_or_workbook_too_large_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand = Stand(tmp_path, size_limit=100)
    stand.put("a.csv", csv(ROW, ROW, ROW))
    assert "lớn hơn giới hạn 100 byte" in str(read(stand.source, {})[2])
    monkeypatch.setattr("lienthong.connectors.protocols.tables._UNPACKED_LIMIT", 1000)
    unpacked = Stand(tmp_path / "x")
    unpacked.folder.mkdir()
    unpacked.put("a.xlsx", xlsx([HEADER, ROW]))
    assert "quá lớn sau khi giải nén" in str(read(unpacked.source, {})[2])


def test_a_large_file_comes_in_pages_and_the_cursor_knows_it_at_its_end(tmp_path: Path) -> None:
    stand = Stand(tmp_path, page_size=2)
    stand.put("1.csv", csv(*map(numbered, range(5))))
    pages = list(stand.source.poll({}))
    assert [len(page.records) for page in pages] == [2, 2, 1, 0]
    assert [list(page.cursor["read"]) for page in pages] == [[], [], [], ["1.csv"]]


def test_a_read_file_is_put_away_at_the_next_poll(tmp_path: Path) -> None:
    stand = Stand(tmp_path, done=tmp_path / "done")
    stand.put("1.csv", csv(numbered(1)))
    _, cursor = whole(stand.source, {})
    assert (tmp_path / "1.csv").exists()
    whole(stand.source, cursor)
    assert not (tmp_path / "1.csv").exists()
    stand.put("1.csv", csv(numbered(2)))
    records, cursor = whole(stand.source, cursor)
    whole(stand.source, cursor)
    assert keys(records) == {"H08.CC.2/20120301"}
    assert len(list((tmp_path / "done").iterdir())) == 2


def test_a_file_that_cannot_be_put_away_is_said_so(tmp_path: Path) -> None:
    stand = Stand(tmp_path, done=tmp_path / "done")
    stand.put("done", "a file in the folder's place")
    stand.put("1.csv", csv(numbered(1)))
    _, cursor = whole(stand.source, {})
    assert "1.csv (đã đọc xong nhưng không chuyển được" in str(read(stand.source, cursor)[2])


def test_a_folder_that_is_not_there_is_transient(tmp_path: Path) -> None:
    _, _, failure = read(CcvcFiles(site(FakeClock(NOON)), folder=tmp_path / "none"), {})
    assert failure
    assert "thư mục" in failure.why
