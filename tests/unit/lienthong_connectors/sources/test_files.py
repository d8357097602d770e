"""Files in a folder, configured by YAML alone."""

import io
import os
import signal
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pytest

from lienthong.configuration.bind import bind
from lienthong.configuration.faults import Mismatch
from lienthong.connectors.sources.files import Files
from lienthong.data.unreadable import UNREADABLE_KEY
from lienthong.ports import Cursor
from tests.fake_systems import FakeClock, make_site, poll_completely, poll_until_failure, record_keys


class Folder:
    """A folder and a clock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = FakeClock()
        self.site = make_site(self.clock)

    def source(self, **given: Any) -> Files:
        parameters = {"folder": str(self.path), "type": "letter.seen", "key": "code", **given}
        return Files(self.site, **bind(Files, parameters, tables={}))

    def put(self, name: str, content: bytes | str, *, ago: timedelta = timedelta(minutes=5)) -> Path:
        path = self.path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        written = (self.clock.moment - ago).timestamp()
        os.utime(path, (written, written))
        return path

    def names(self, inside: str = "") -> list[str]:
        folder = self.path / inside
        return sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.exists() else []

    def claims(self) -> list[str]:
        """The names of claimed files, and of what is left of claims that ended."""
        return sorted(str(path.name) for path in (self.path / "claimed").glob("*/*") if path.name != ".lock")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def letters(*codes: str) -> str:
    return "".join(f'{{"code": "{code}"}}\n' for code in codes)


def xlsx(*rows: list[Any], hidden: list[list[Any]] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    if hidden is not None:
        sheet = book.create_sheet("Bản cũ")
        sheet.sheet_state = "hidden"
        for row in hidden:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


BODY = {"code": "L-1", "title": "Công văn số 1", "note": None}
SAME: dict[str, bytes] = {
    "a.csv": "code;title;note\r\nL-1;Công văn số 1;\r\n".encode(),
    "a.tsv": "\ufeffcode\ttitle\tnote\nL-1\tCông văn số 1\t\n".encode(),
    "a.xlsx": xlsx(["code", "title", "note"], ["L-1", "Công văn số 1", None]),
    "a.json": orjson.dumps([BODY]),
    "b.json": orjson.dumps(BODY),
    "a.jsonl": b"\n" + orjson.dumps(BODY) + b"\r\n\n",
    "a.ndjson": orjson.dumps(BODY),
    "a.XML": "<!-- x --><so><thu><code>L-1</code><title>Công văn số 1</title><note/></thu></so>".encode(),
}


@pytest.mark.parametrize("name", SAME)
def test_every_format_gives_the_same_record(folder: Folder, name: str) -> None:
    folder.put(name, SAME[name])
    (record,), _ = poll_completely(folder.source(element="thu"), {})
    assert (record.type, record.key, record.body) == ("letter.seen", "L-1", BODY)


def test_a_file_is_claimed_then_done_at_the_next_poll(folder: Folder) -> None:
    folder.put("a.jsonl", letters("L-1"))
    records, cursor = poll_completely(folder.source(), {})
    assert record_keys(records) == {"L-1"}
    assert (folder.names(), folder.claims(), folder.names("done")) == ([], ["a.jsonl"], [])
    assert poll_completely(folder.source(), cursor) == ([], cursor)
    assert (folder.names(), folder.claims(), folder.names("done")) == ([], [], ["a.jsonl"])
    assert list((folder.path / "claimed").iterdir()) == []


def test_what_was_not_recorded_is_read_again(folder: Folder) -> None:
    folder.put("a.jsonl", letters("L-1"))
    for _ in range(2):
        records, _ = poll_completely(folder.source(), {})
        assert record_keys(records) == {"L-1"}
    assert folder.names("done") == []


def test_files_come_in_order_of_name_and_a_claim_before_new_files(folder: Folder) -> None:
    folder.put("2.jsonl", letters("2"))
    folder.put("1.jsonl", letters("1"))
    poll_completely(folder.source(), {})
    folder.put("0.jsonl", letters("0"))
    records, _ = poll_completely(folder.source(), {})
    assert [record.key for record in records] == ["1", "2", "0"]


def test_two_deliveries_of_one_name_are_two_files(folder: Folder) -> None:
    cursor: Cursor = {}
    for code in ("1", "2", "3"):
        folder.put("a.jsonl", letters(code))
        records, cursor = poll_completely(folder.source(), cursor)
        assert record_keys(records) == {code}
    poll_completely(folder.source(), cursor)
    assert len(folder.names("done")) == 3


def test_done_and_failed_may_be_elsewhere(folder: Folder, tmp_path: Path) -> None:
    folder.put("a.jsonl", letters("L-1"))
    folder.put("b.json", "{")
    elsewhere = {"done": str(tmp_path / "x" / "y"), "failed": str(tmp_path / "z")}
    _, cursor, _ = poll_until_failure(folder.source(**elsewhere), {})
    poll_completely(folder.source(**elsewhere), cursor)
    assert (folder.names("x/y"), folder.names("z")) == (["a.jsonl"], ["b.json", "b.json.reason.txt"])


def test_a_file_that_is_still_being_written_waits(folder: Folder) -> None:
    folder.put("a.jsonl", letters("L-1"), ago=timedelta(seconds=3))
    assert poll_completely(folder.source(), {}) == ([], {})
    folder.clock.moment += timedelta(seconds=8)
    assert len(poll_completely(folder.source(), {})[0]) == 1


def test_only_wanted_regular_files_are_claimed(folder: Folder, tmp_path: Path) -> None:
    for name in (".a.csv", "~$a.csv", "a.csv.part", "b.txt"):
        folder.put(name, "code\n1\n")
    (folder.path / "c.csv").symlink_to("/etc/hostname")
    (folder.path / "d.csv").mkdir()
    assert poll_completely(folder.source(pattern="*.csv"), {}) == ([], {})
    assert folder.claims() == []


UNREADABLE: dict[str, tuple[str, bytes, str]] = {
    "other kind": ("b.xls", b"x", ".xlsx"),
    "broken JSON": ("b.json", b'{"code": ', "JSON"),
    "no list": ("b.json", b"5", "records"),
    "another encoding": ("b.csv", "code\nĐ\n".encode("utf-16"), "UTF-8"),
    "no header": ("b.csv", b"\n\n", "tiêu đề"),
    "column twice": ("b.csv", b"code;ma_so;maSo\n1;2;3\n", "maSo"),
    "no workbook": ("b.xlsx", b"x", "nội dung hỏng"),
    "too large": ("b.jsonl", b"x" * 2000, "1000"),
    "broken XML": ("b.xml", b"<a><b></a>", "dòng 1"),
    "entities": ("b.xml", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><thu>&x;</thu>', "DOCTYPE"),
    "no such element": ("b.xml", b"<a/>", "thu"),
    "empty": ("b.json", b"", "JSON"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_read_stops_no_other_and_is_put_aside_with_the_reason(folder: Folder, name: str) -> None:
    file, content, reason = UNREADABLE[name]
    folder.put("a.jsonl", letters("1"))
    folder.put(file, content)
    folder.put("c.jsonl", letters("3"))
    source = folder.source(size_limit=1000, element="thu")
    records, cursor, failure = poll_until_failure(source, {})
    assert record_keys(records) == {"1", "3"}
    assert failure and f"{file} (" in failure.why and reason in failure.why
    assert poll_completely(source, cursor) == ([], cursor)
    assert folder.names("done") == ["a.jsonl", "c.jsonl"]
    assert folder.names("failed") == [file, f"{file}.reason.txt"]
    assert reason in (folder.path / "failed" / f"{file}.reason.txt").read_text()


def test_a_file_that_breaks_in_the_middle_keeps_the_records_before(folder: Folder) -> None:
    content = xlsx(["code"], *[[f"L-{number}"] for number in range(20)])
    folder.put("a.xlsx", content)
    records, _, failure = poll_until_failure(folder.source(row_limit=10, page_size=4), {})
    assert len(records) == 8
    assert failure and "10" in failure.why


LINES = """code;title
L-1;x
L-2;"open
L-3;x
L-4;"closed" behind
L-5;"two
lines"
L-6;#N/A
;without a key
L-7;x;;more
"""


def test_a_bad_line_costs_itself_and_is_named(folder: Folder) -> None:
    folder.put("a.csv", LINES)
    records, _ = poll_completely(folder.source(), {})
    assert [record.key for record in records] == ["L-1", "", "L-3", "", "L-5", "", "", ""]
    bad = [record.body[UNREADABLE_KEY] for record in records if UNREADABLE_KEY in record.body]
    assert [note["line"] for note in bad] == [3, 5, 8, 10]
    assert all(note["file"] == "a.csv" for note in bad)
    assert "title" in bad[2]["reason"] and "#N/A" in bad[2]["reason"]
    assert records[4].body["title"] == "two\nlines"


def test_a_bad_line_of_another_file_of_that_name_is_another_event(folder: Folder) -> None:
    bodies = []
    for bad in (b"{", b"["):
        folder.put("a.jsonl", b'{"code": "1"}\n' + bad)
        records, _ = poll_completely(folder.source(), {})
        bodies.append(records[-1].body[UNREADABLE_KEY])
    assert bodies[0]["line"] == bodies[1]["line"] == 2
    assert bodies[0] != bodies[1]


def test_values_that_json_cannot_carry_cost_their_own_line(folder: Folder) -> None:
    bad = [b'{"code": "2", "n": NaN}', rb'{"code": "3", "n": "\ud83d"}', b'{"code": "4", "n": "\xe5"}', b"\xff\xfe"]
    folder.put("a.jsonl", b"\n".join([b'\xef\xbb\xbf{"code": "1"}', *bad, b'{"code": "5", "n": "\t"}']))
    records, _ = poll_completely(folder.source(), {})
    assert [record.key for record in records] == ["1", "2", "3", "4", "", "5"]
    assert [UNREADABLE_KEY in record.body for record in records] == [False, True, True, True, True, False]


def test_a_hidden_sheet_is_not_read_and_cells_become_text(folder: Folder) -> None:
    moment = datetime(2023, 11, 1, 8, 30)  # noqa: DTZ001 - a cell has no zone
    cells = [7.0, date(2023, 11, 1), moment, True, 0.5, None]
    folder.put("a.xlsx", xlsx(["title"], ["code", "day", "at", "ok", "share", "x"], cells, hidden=[["code"], ["old"]]))
    (record,), _ = poll_completely(folder.source(header=["code"]), {})
    assert record.body == {
        "code": "7",
        "day": "2023-11-01",
        "at": "2023-11-01T08:30:00",
        "ok": "true",
        "share": "0.5",
        "x": None,
    }


def test_the_header_is_found_below_a_letterhead_in_any_writing(folder: Folder) -> None:
    folder.put("a.csv", 'SỞ VÍ DỤ;"\nDANH SÁCH\n;;\nSỐ  hiệu;Ngày_đến\nL-1;x\n')
    (record,), _ = poll_completely(folder.source(header=["Số hiệu", "ngày đến"], key='"SỐ  hiệu"'), {})
    assert record.key == "L-1"


def test_encoding_and_separator_may_be_given(folder: Folder) -> None:
    folder.put("a.csv", "code|title\nL-1|Đường; phố\n".encode("utf-16"))
    (record,), _ = poll_completely(folder.source(encoding="utf-16", separator="|"), {})
    assert record.body == {"code": "L-1", "title": "Đường; phố"}


def test_records_of_json_are_where_the_path_leads(folder: Folder) -> None:
    folder.put("a.json", orjson.dumps({"data": {"items": [{"code": "1"}, 5]}}))
    records, _ = poll_completely(folder.source(records="data.items"), {})
    assert [(record.key, record.body) for record in records] == [("1", {"code": "1"}), ("", {"value": 5})]


def test_xml_becomes_objects_by_one_rule(folder: Folder) -> None:
    document = """<?xml version="1.0"?>
    <n:so xmlns:n="urn:x" xmlns:m="urn:y"><n:thu id="5"><m:code>L-1</m:code><!-- x --><page>1</page><page>2</page>
    <file>a</file><sender kind="unit">Sở <b>Ví</b> Dụ</sender><thu>inner</thu></n:thu><n:thu>text</n:thu></n:so>"""
    folder.put("a.xml", document)
    records, _ = poll_completely(folder.source(element="thu", lists=["file"]), {})
    assert [record.body for record in records] == [
        {
            "@id": "5",
            "code": "L-1",
            "page": ["1", "2"],
            "file": ["a"],
            "sender": {"@kind": "unit", "b": "Ví", "#text": "SởDụ"},
            "thu": "inner",
        },
        {"#text": "text"},
    ]
    folder.put("b.xml", document)
    assert len(poll_completely(folder.source(element="{urn:x}thu"), {})[0]) == 4


def test_a_large_file_comes_in_pages_and_its_cursor_at_the_end(folder: Folder) -> None:
    folder.put("a.jsonl", letters("1", "2", "3", "4", "5"))
    pages = list(folder.source(page_size=2).poll({}))
    assert [len(page.records) for page in pages] == [2, 2, 1, 0]
    assert [len(page.cursor["read"]) for page in pages] == [0, 0, 0, 1]


def test_a_poll_reads_so_many_files_and_the_next_one_the_rest(folder: Folder) -> None:
    for number in range(5):
        folder.put(f"{number}.jsonl", letters(str(number)))
    records, cursor = poll_completely(folder.source(file_limit=3), {})
    assert len(records) == 3
    rest, _ = poll_completely(folder.source(file_limit=3), cursor)
    assert record_keys(rest) == {"3", "4"}


def test_a_file_that_cannot_be_filed_away_is_named_and_not_read_again(folder: Folder) -> None:
    folder.put("a.jsonl", letters("1"))
    _, cursor = poll_completely(folder.source(), {})
    (folder.path / ".x").write_text("a file in the folder's place")
    records, cursor, failure = poll_until_failure(folder.source(done=str(folder.path / ".x")), cursor)
    assert records == []
    assert failure and "không chuyển được" in failure.why
    assert poll_completely(folder.source(), cursor)[0] == []
    assert folder.names("done") == ["a.jsonl"]


READER = """
import sys
from pathlib import Path
from lienthong.connectors.sources.files import Files
from tests.fake_systems import make_site
source = Files(make_site(), folder=Path(sys.argv[1]), type="letter.seen", key="code", page_size=1)
for page in source.poll({}):
    for record in page.records:
        print(record.key, flush=True)
        if record.key == sys.argv[2]:
            sys.stdin.read()
"""


def reader(folder: Folder, stop_at: str) -> subprocess.Popen[str]:
    """Another process that reads the folder and stops, alive, when it has read a key."""
    command = [sys.executable, "-c", READER, str(folder.path), stop_at]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_two_processes_never_read_one_file_and_a_dead_ones_file_is_taken_up(folder: Folder) -> None:
    folder.put("a.jsonl", letters("1", "2"))
    folder.put("b.jsonl", letters("3"))
    with reader(folder, "1") as other:
        assert other.stdout and other.stdout.readline() == "1\n"
        records, cursor = poll_completely(folder.source(), {})
        assert record_keys(records) == {"3"}
        other.send_signal(signal.SIGKILL)
    records, cursor = poll_completely(folder.source(), cursor)
    assert record_keys(records) == {"1", "2"}
    poll_completely(folder.source(), cursor)
    assert folder.names("done") == ["a.jsonl", "b.jsonl"]


def test_a_claim_without_a_file_is_removed(folder: Folder) -> None:
    (folder.path / "claimed" / "0a").mkdir(parents=True)
    (folder.path / "claimed" / "0a" / ".lock").touch()
    (folder.path / "claimed" / "0b").mkdir()
    assert poll_completely(folder.source(), {}) == ([], {})
    assert list((folder.path / "claimed").iterdir()) == []


def test_no_lock_is_kept_for_a_file_that_was_filed_away(folder: Folder) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    cursor: Cursor = {}
    for number in range(5):
        folder.put("a.jsonl", letters(str(number)))
        _, cursor = poll_completely(folder.source(), cursor)
    poll_completely(folder.source(), cursor)
    assert len(list(Path("/proc/self/fd").iterdir())) <= before


WRONG: dict[str, tuple[dict[str, Any], tuple[str | int, ...]]] = {
    "format": ({"format": "ods"}, ("format",)),
    "separator": ({"separator": ":"}, ("separator",)),
    "encoding": ({"encoding": "utf-99"}, ("encoding",)),
    "key": ({"key": "Số hiệu"}, ("key",)),
    "settle": ({"settle": 10}, ("settle",)),
    "size": ({"size_limit": "64 MB"}, ("size_limit",)),
    "header": ({"header": "code"}, ("header",)),
    "pattern": ({"pattern": ""}, ("pattern",)),
    "unknown": ({"folders": "x"}, ("folders",)),
}


@pytest.mark.parametrize("name", WRONG)
def test_check_refuses_what_cannot_work_and_names_the_key(name: str) -> None:
    given, path = WRONG[name]
    with pytest.raises(Mismatch) as error:
        bind(Files, {"folder": "x", "type": "letter.seen", "key": "code", **given}, tables={})
    assert path in [fault.path for fault in error.value.faults]


def test_what_does_not_match_the_pattern_is_noticed_once(folder: Folder) -> None:
    for name in ("a.csv", "b.txt", "~$a.csv", ".c.csv"):
        folder.put(name, "code\n1\n")
    (folder.path / "sub").mkdir()
    source = folder.source(pattern="*.csv")
    _, cursor = poll_completely(source, {})
    texts = folder.site.notices.take()
    assert [text.split(":")[0] for text in texts] == ["b.txt", "sub"]
    assert "*.csv" in texts[0]
    poll_completely(source, cursor)
    assert folder.site.notices.take() == [], "neither again, nor the folders it made"
