"""The register exported as files."""

import csv
from pathlib import Path

import openpyxl
import pytest

from sandbox.clock import parse_instant
from sandbox.files import export, main
from sandbox.recording import Recording
from tests.unit.sandbox.conftest import Lines, Write, local

LINES: Lines = {
    "ccvc": [
        ("02T00:00", {"soDinhDanh": "001183500808", "hoVaTen": "PHAN ĐỨC; MAI", "ngayKetThuc": None}),
        ("01T00:00", {"soDinhDanh": "052301123695", "hoVaTen": "=1+1", "ngayKetThuc": "20231116"}),
        ("03T00:00", {"soDinhDanh": "000000001", "capNhatLuc": "20231103000000"}),
    ]
}
HEADER = ["soDinhDanh", "hoVaTen", "ngayKetThuc", "capNhatLuc"]


def test_a_csv_opens_in_excel_with_every_row_seen_by_then(write: Write, tmp_path: Path) -> None:
    recording = Recording.load(write(LINES))
    path = export(recording, tmp_path / "drop")
    assert path.name == "ccvc-20231103T000000.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbfsoDinhDanh;hoVaTen;ngayKetThuc;capNhatLuc\r\n")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        header, *rows = csv.reader(stream, delimiter=";")
    assert header == HEADER
    assert rows == [
        ["052301123695", "=1+1", "20231116", ""],
        ["001183500808", "PHAN ĐỨC; MAI", "", ""],
        ["000000001", "", "", "20231103000000"],
    ]


def test_a_spreadsheet_keeps_identity_numbers_as_text(write: Write, tmp_path: Path) -> None:
    recording = Recording.load(write(LINES))
    path = export(recording, tmp_path / "drop", "xlsx", parse_instant(local("02T00:00"), recording.zone))
    assert path.name == "ccvc-20231102T000000.xlsx"
    sheet = openpyxl.load_workbook(path).worksheets[0]
    header, *rows = sheet.iter_rows(values_only=True)
    assert header == ("soDinhDanh", "hoVaTen", "ngayKetThuc")
    assert [row[0] for row in rows] == ["052301123695", "001183500808"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}  # no formula either


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_folder_holds_only_the_complete_file(write: Write, tmp_path: Path, kind: str) -> None:
    out = tmp_path / "drop"
    folder = write(LINES)
    for _ in range(2):
        assert main(["--recording", str(folder), "--out", str(out), "--format", kind]) == 0
        assert [file.name for file in out.iterdir()] == [f"ccvc-20231103T000000.{kind}"]


def test_before_the_first_line_the_file_has_no_rows(write: Write, tmp_path: Path) -> None:
    recording = Recording.load(write(LINES))
    path = export(recording, tmp_path, at=recording.before_first)
    assert path.read_bytes() == b"\xef\xbb\xbf\r\n"


def test_the_command_prints_the_path_of_the_file(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(LINES)
    assert main(["--recording", str(folder), "--out", str(tmp_path / "x"), "--at", "2023-11-01T00:00:00Z"]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'x' / 'ccvc-20231101T070000.csv'}\n"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (["--recording", "/nowhere", "--out", "/nowhere"], "Bad recording"),
        (["--at", "mai"], "--at is not"),
        (["--out", "/dev/null/x"], "Cannot write"),
    ],
)
def test_wrong_use_is_an_error_in_one_sentence(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: list[str], why: str
) -> None:
    right = ["--recording", str(write(LINES)), "--out", str(tmp_path / "drop")]
    assert main([*right, *wrong]) == 2
    assert why in capsys.readouterr().err
