"""Which files can be read, by what the wire tells of them."""

import base64
from typing import Any

import pytest

from tests.unit.transforms.submitted import PDF, file
from transforms.submitted_files import submitted_file

PNG, JPG, ZIP, OLE = b"\x89PNG\r\n\x1a\n0", b"\xff\xd8\xff\xe0", b"PK\x03\x04x", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1x"
LINK = "https://motcua.example.gov.vn/files/900001?tep=1"


def fault(row: dict[str, Any]) -> str:
    found = submitted_file(row)
    assert found is not None
    return found.fault


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF),
        ("Tờ khai (bản ký).PDF", b"\n" + PDF),
        ("a.b.png", PNG),
        ("a.jpeg", JPG),
        ("a.tif", b"II*\0x"),
        ("a.docx", ZIP),
        ("a.docx", OLE),
        ("a.doc", OLE),
        ("a.doc", b"{\\rtf1}"),
        ("a.xml", b"\xef\xbb\xbf <a/>"),
        ("a.zip", ZIP),
    ],
)
def test_a_file_of_its_form_can_be_read(name: str, content: bytes) -> None:
    assert fault(file(name=name, content=content)) == ""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF[:-8]),
        ("a.pdf", PNG),
        ("a.png", PDF),
        ("a.docx", b"text"),
        ("a.exe", b"MZ"),
        ("pdf", PDF),
        (".pdf", PDF),
        ("a.", PDF),
        ("", PDF),
    ],
)
def test_a_file_of_another_form_cannot(name: str, content: bytes) -> None:
    assert fault(file(name=name, content=content))


@pytest.mark.parametrize("content", ["*", "JVBERi0xLjQ*hỏng*", "A", 7, ["x"], "data:application/pdf;base64,"])
def test_a_content_that_is_no_base64_cannot(content: Any) -> None:
    assert fault(file(Base64=content))


def test_base64_comes_in_lines_as_a_data_address_and_without_its_padding() -> None:
    text = base64.b64encode(PDF).decode()
    for written in (f"{text[:20]}\r\n{text[20:]}", f"data:application/pdf;base64,{text}", text.rstrip("=")):
        assert fault(file(Base64=written)) == ""


def test_an_address_takes_the_place_of_the_content() -> None:
    found = submitted_file(file(Base64="", DuongDanTaiTepTin=LINK))
    assert found is not None and (found.fault, found.is_there, found.address, found.bytes) == ("", True, True, None)
    assert fault(file(Base64="", DuongDanTaiTepTin="javascript:x"))
    assert fault(file(Base64="", DuongDanTaiTepTin=LINK, name="a.exe"))


@pytest.mark.parametrize(
    "reused",
    [{"DuocTaiSuDung": "2", "MaKetQuaThayThe": "KQ.G15.000031"}, {"DuocTaiSuDung": 1}, {"DuocLayTuKhoDMQG": "1"}],
)
def test_what_is_reused_needs_no_file(reused: dict[str, Any]) -> None:
    found = submitted_file(file(Base64=None, **reused))
    assert found is not None and found.is_there and not found.fault


def test_neither_content_nor_address_nor_reuse_is_no_file() -> None:
    found = submitted_file(file(Base64=None))
    assert found is not None and not found.is_there


@pytest.mark.parametrize("deleted", ["True", "1", 1, True])
def test_a_deleted_file_does_not_count(deleted: Any) -> None:
    assert submitted_file(file(IsDeleted=deleted)) is None
