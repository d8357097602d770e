"""The one XML parser: samples come in, attacks do not."""

from pathlib import Path

import pytest

from lienthong.connectors.protocols.xml import LIMIT, parse
from lienthong.errors import Rejected

SAMPLES = Path(__file__).parents[2] / "schemas" / "samples"
DANCU = "{http://www.mic.gov.vn/dancu/1.0}"
EDXML = "{http://www.mic.gov.vn/TBT/QCVN_102_2016}"


def bombs() -> list[bytes]:
    """Ten laughs nine deep: in text, in an attribute, and in UTF-16, where no search for bytes finds the DTD."""
    entities = '<!ENTITY l0 "lol">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    in_text = f"<!DOCTYPE a [{entities}]><a>&l9;</a>"
    in_attribute = f'<!DOCTYPE a [{entities}]><a b="&l9;"/>'
    utf_16 = ('<?xml version="1.0" encoding="utf-16"?>' + in_text).encode("utf-16")
    return [in_text.encode(), in_attribute.encode(), utf_16]


@pytest.mark.parametrize("bomb", bombs(), ids=["text", "attribute", "utf-16"])
def test_a_billion_laughs_are_refused(bomb: bytes) -> None:
    with pytest.raises(Rejected):
        parse(bomb)


def test_an_external_entity_is_neither_read_nor_accepted(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("bí mật", encoding="utf-8")
    with pytest.raises(Rejected, match="DOCTYPE") as refused:
        parse(f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>'.encode())
    assert "bí mật" not in str(refused.value)


@pytest.mark.parametrize(
    "document",
    [
        b"<!DOCTYPE a><a/>",
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
        b"<!DOCTYPE a [<!ELEMENT a ANY>]><a/>",
    ],
)
def test_any_dtd_is_refused(document: bytes) -> None:
    with pytest.raises(Rejected, match="DOCTYPE"):
        parse(document)


def test_an_entity_of_html_is_unknown() -> None:
    with pytest.raises(Rejected, match="dòng 1"):
        parse(b"<a>&nbsp;</a>")


def test_a_document_over_the_limit_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(Rejected, match="vượt giới hạn"):
        parse(b"<" * (LIMIT + 1))


def test_the_limit_is_the_callers_and_inclusive() -> None:
    assert parse(b"<a/>", limit=4).tag == "a"
    with pytest.raises(Rejected, match="vượt giới hạn"):
        parse(b"<a/>", limit=3)


def test_a_fault_is_named_by_its_line_and_shows_no_content() -> None:
    with pytest.raises(Rejected) as refused:
        parse("<a>\n<b>052085001234</b>\n<c>NGUYỄN</d></a>".encode())
    assert "dòng 3" in refused.value.why
    assert "NGUYỄN" not in refused.value.why


@pytest.mark.parametrize("nothing", [b"", b"  \n", b"052085001234", b"\xff\xfe\x00"])
def test_what_is_no_document_is_refused(nothing: bytes) -> None:
    with pytest.raises(Rejected, match="sai cú pháp"):
        parse(nothing)


@pytest.mark.parametrize("stray", [b"\xef\xbb\xbf", b"\r\n\r\n", b"\x00\x12ab", b"<?<?"])
def test_stray_bytes_before_the_declaration_are_cut_off(stray: bytes) -> None:
    assert parse(stray + b'<?xml version="1.0"?><a/>').tag == "a"


def test_the_population_databases_reply_is_read() -> None:
    person = parse((SAMPLES / "dancu_02_037_response.xml").read_bytes()).find(f".//{DANCU}CongDan")
    assert person.findtext(f"{DANCU}HoVaTen/{DANCU}Ten") == "NGUYỄN VĂN MẪU"


def test_an_edxml_document_is_read() -> None:
    header = parse((SAMPLES / "edxml_01_edoc_new.xml").read_bytes()).find(f".//{EDXML}MessageHeader")
    assert header.findtext(f"{EDXML}From/{EDXML}OrganId") == "002.00.20.H13"
