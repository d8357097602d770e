"""XML of which one record is broken: it costs that record, which is named, and the others are read."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.connectors.protocols.records import kept_of, sound_record
from lienthong.connectors.protocols.table_rows import Element, Unreadable
from lienthong.connectors.protocols.xml_records import xml_records
from lienthong.data.unreadable import UNREADABLE_KEY

HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
GOOD = '<n:thu id="1"><n:ma>L-1</n:ma><n:tên>Sở Y tế</n:tên></n:thu>'
SOUND = {"@id": "1", "ma": "L-1", "tên": "Sở Y tế"}


def document(*records: bytes | str, head: str = HEAD) -> bytes:
    parts = [record.encode() if isinstance(record, str) else record for record in records]
    return f'{head}<n:so xmlns:n="urn:a&amp;b">\n<x/>'.encode() + b"\n".join(parts) + b"\n</n:so>"


def read(content: bytes, name: str = "thu") -> list[Element]:
    return list(xml_records(content, name, frozenset()))


@pytest.mark.parametrize("head", [HEAD, "", "\ufeff"])
@pytest.mark.parametrize("at", range(3))
def test_a_byte_of_another_encoding_is_named_with_its_field(at: int, head: str) -> None:
    records: list[bytes | str] = [GOOD, GOOD]
    records.insert(at, b"<n:thu><n:ma>L-2</n:ma><n:ten>Nguy\xean</n:ten></n:thu>")
    found = read(document(*records, head=head))
    bad = found.pop(at)
    assert [one.value for one in found] == [SOUND, SOUND]
    assert bad.place == {"record": at + 1}
    record = sound_record("letter.seen", bad.value, lambda body: body.get("ma"))
    assert record.key == "L-2"
    assert record.body["ten"] == "Nguy\ufffdn"
    assert record.body[UNREADABLE_KEY]["field"] == "ten"
    assert "0xEA" in record.body[UNREADABLE_KEY]["reason"]


def test_a_control_character_is_read_as_it_is() -> None:
    (record,) = read(document("<n:thu><n:ma>L\x01-2</n:ma></n:thu>"))
    assert (record.value, record.fault) == ({"ma": "L\x01-2"}, "")


BROKEN = {
    "ampersand": "<n:thu><n:ma>A & B</n:ma></n:thu>",
    "entity": "<n:thu><n:ma>A&nbsp;B</n:ma></n:thu>",
    "tag not closed": "<n:thu><n:ma>A</n:thu>",
    "attribute twice": '<n:thu a="1" a="2"><n:ma>A</n:ma></n:thu>',
    "attribute without marks": "<n:thu a=1><n:ma>A</n:ma></n:thu>",
    "unknown prefix": "<n:thu><q:ma>A</q:ma></n:thu>",
    "too deep": "<n:thu>" + "<a>" * 300 + "</a>" * 300 + "</n:thu>",
    "less than": "<n:thu><n:ma>1 < 2</n:ma></n:thu>",
}


@pytest.mark.parametrize("name", ["thu", "{urn:a&b}thu"])
@pytest.mark.parametrize("at", range(3))
@pytest.mark.parametrize("kind", BROKEN)
def test_a_record_that_is_no_xml_dies_alone_with_its_text_and_line(kind: str, at: int, name: str) -> None:
    records = [GOOD, GOOD]
    records.insert(at, BROKEN[kind])
    found = read(document(*records), name)
    bad = found.pop(at)
    assert [one.value for one in found] == [SOUND, SOUND]
    assert f"dòng {at + 3}" in bad.fault
    assert kept_of(bad.value) == {"value": BROKEN[kind]}


@pytest.mark.parametrize(
    "content",
    [
        document("<n:thu><n:ma>A</n:ma>", GOOD),
        document(GOOD, "</n:thu>"),
        document(GOOD, "<n:thu><n:ma>A</n:thu>")[:-7],
        document(GOOD, "<a>"),
        b"<!DOCTYPE a [<!ENTITY x 'y'>]>" + document(GOOD, "<n:thu>&x;</n:thu>", head=""),
        document(GOOD, "<n:thu><!DOCTYPE a></n:thu> & "),
        document(GOOD, "<n:thu>& <!-- </n:thu><n:thu> --> </n:thu>", "<!-- <n:thu> "),
    ],
    ids=["record not closed", "closed twice", "cut off", "tag outside", "DTD", "DTD inside", "comment"],
)
def test_where_the_records_are_not_certain_the_document_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read(content)


def test_tags_in_comments_and_cdata_are_no_records() -> None:
    found = read(document("<!-- <n:thu> -->", "<n:thu>&</n:thu>", "<n:thu><![CDATA[</n:thu>]]></n:thu>", GOOD))
    assert [bool(one.fault) for one in found] == [True, False, False]
    assert [one.value for one in found[1:]] == [{"#text": "</n:thu>"}, SOUND]


def test_a_document_of_another_encoding_is_refused_as_one() -> None:
    record = "<thu><ten>Nguyên</ten></thu>".encode("latin-1")
    with pytest.raises(Unreadable, match="UTF-8"):
        read(b"<so>" + record * 10 + b"</so>")
    head = b'<?xml version="1.0" encoding="iso-8859-1"?>'
    assert read(head + b"<so>" + record * 10 + b"</so>")[9].value == {"ten": "Nguyên"}


def test_a_declared_encoding_is_that_of_a_broken_document_too() -> None:
    head = b'<?xml version="1.0" encoding="iso-8859-1"?>'
    good, bad = "<thu><ten>Nguyên</ten></thu>".encode("latin-1"), b"<thu>&</thu>"
    found = read(head + b"<so>" + good + bad + good + b"</so>")
    assert [one.value for one in found] == [{"ten": "Nguyên"}, "<thu>&</thu>", {"ten": "Nguyên"}]


@given(junk=st.binary(max_size=12))
def test_whatever_stands_in_a_record_its_neighbours_are_read_or_the_document_is_refused(junk: bytes) -> None:
    try:
        found = read(document(GOOD, b"<n:thu>" + junk + b"</n:thu>", GOOD))
    except Unreadable:
        return
    assert found[0].value == found[-1].value == SOUND
    for one in found:
        sound_record("letter.seen", one.value, lambda body: body.get("ma"))


@pytest.mark.slow
def test_a_long_document_of_broken_records_takes_seconds_and_not_minutes() -> None:
    broken = "<n:thu><n:ma>a & b</n:ma><n:tên>" + "p" * 700 + "</n:tên></n:thu>"
    content = document(*[broken] * 12_000)
    began = time.process_time()
    found = read(content)
    assert time.process_time() - began < 20
    assert len(found) == 12_000 and "dòng 12002" in found[-1].fault
