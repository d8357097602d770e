"""What may follow a signature, beyond the samples: annotations, hybrid files, promised objects, visible stamps."""

import struct
from datetime import datetime

import pytest

from lienthong.signatures.judge import judge
from lienthong.signatures.limits import Limits
from lienthong.signatures.trust import Trust, load_trust
from lienthong.signatures.verdict import DocumentVerdict
from tests.signatures import pdf as pdf_maker
from tests.signatures.authorities import Identity
from tests.signatures.cms import token
from tests.signatures.pdf import CATALOG, FONT, PAGE, Pdf, Slot, add_signature, document, stream
from tests.signatures.pki import NOW, false_pki, pki
from tests.signatures.signing import by, signed

FORGED = stream(b"BT /F1 30 Tf 72 600 Td (FORGED) Tj ET")
NOTE = b"<< /Type /Annot /Subtype /Text /Rect [10 10 50 50] /Contents (note) >>"
PASSED, FAILED = "TOTAL-PASSED", "TOTAL-FAILED"


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    return load_trust(pki().write_trust(tmp_path_factory.mktemp("trust")))


def verdict(content: bytes, trust: Trust, at: datetime = NOW) -> DocumentVerdict:
    return judge(content, trust=trust, profile=None, at=at, limits=Limits())


def page(contents: bytes = b"4 0 R", annotations: bytes = b"") -> bytes:
    return (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %s"
        b" /Resources << /Font << /F1 5 0 R >> >> /Annots [%s] >>" % (contents, annotations)
    )


def noted(pdf: Pdf) -> Pdf:
    """The same with a note on its page, in a revision of its own."""
    number = pdf.free
    listed = b" ".join(b"%d 0 R" % each for each in (*pdf.annotations, number))
    return pdf.update({PAGE: page(annotations=listed), number: NOTE})


def appended(content: bytes, bodies: dict[int, bytes], *, trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A revision put together by hand."""
    before = content[content.rindex(b"startxref") + 9 :].split()[0]
    offsets = {}
    for number, body in bodies.items():
        offsets[number] = len(content)
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%d 1\n%010d 00000 n \n" % each for each in offsets.items())
    return content + b"xref\n%strailer\n<< /Size 300 %s /Prev %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        trailer,
        before,
        len(content),
    )


@pytest.mark.parametrize(("level", "expected"), [(1, FAILED), (2, FAILED), (3, PASSED), (None, FAILED)])
def test_annotations_may_be_added_where_a_certification_permits_them(
    level: int | None, expected: str, trust: Trust
) -> None:
    found = verdict(noted(signed(slot=Slot(certifies=level))).content, trust)
    assert found.indication == expected
    if expected == PASSED:
        assert found.signatures[0].modification_level == "annotations"
        assert verdict(noted(noted(signed(slot=Slot(certifies=level)))).content, trust).indication == PASSED


def test_a_certification_that_permits_annotations_permits_no_change_of_the_page(trust: Trust) -> None:
    certified = noted(signed(slot=Slot(certifies=3))).content
    assert verdict(appended(certified, {pdf_maker.TEXT: FORGED}), trust).indication == FAILED


def test_an_object_that_the_signed_page_names_and_lacks_may_not_come_later(trust: Trust) -> None:
    """What is shown would change though no object that existed was changed."""
    promising = page(b"[4 0 R 150 0 R]", b"%d 0 R" % document().free)
    content = signed(slot=Slot(brings={PAGE: promising})).content
    assert verdict(content, trust).indication == PASSED
    found = verdict(appended(content, {150: FORGED}), trust)
    assert (found.indication, found.sub_indication) == (FAILED, "FORMAT_FAILURE")


def test_an_object_that_nothing_names_changes_nothing(trust: Trust) -> None:
    assert verdict(appended(signed().content, {150: FORGED}), trust).indication == PASSED


@pytest.mark.parametrize("trailer", [b"/Root 150 0 R", b"/Root 1 0 R /Root 150 0 R", b"/Root 150 0 R /Root 1 0 R"])
def test_a_trailer_may_not_lead_to_another_catalog(trailer: bytes, trust: Trust) -> None:
    content = appended(signed().content, {150: b"<< /Type /Catalog /Pages 2 0 R >>"}, trailer=trailer)
    assert verdict(content, trust).indication == FAILED


def hybrid() -> Pdf:
    """A file as word processors write them: a table, and a stream that names objects for newer readers."""
    inner = b"7 0 << /Type /StructTreeRoot >>"
    bodies = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: page(),
        4: stream(b"BT /F1 12 Tf 72 700 Td (So tien) Tj ET"),
        FONT: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        6: stream(inner, b"/Type /ObjStm /N 1 /First 4"),
    }
    content, offsets = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n", {}
    for number, body in bodies.items():
        offsets[number] = len(content)
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    offsets[8] = len(content)
    entries = struct.pack(">BHB", 2, 6, 0) + struct.pack(">BHB", 1, offsets[8], 0)
    content += b"8 0 obj\n%s\nendobj\n" % stream(entries, b"/Type /XRef /Size 9 /W [1 2 1] /Index [7 2] /Root 1 0 R")
    table = len(content)
    content += b"xref\n0 9\n0000000000 65535 f \n"
    for number in range(1, 9):
        content += b"%010d 00000 n \n" % offsets[number] if number in offsets else b"0000000000 65535 f \n"
    content += b"trailer\n<< /Size 9 /Root 1 0 R /XRefStm %d >>\nstartxref\n%d\n%%%%EOF\n" % (offsets[8], table)
    return Pdf(content, {**bodies, 8: b""}, table)


def test_hybrid_files_are_judged_like_others(trust: Trust) -> None:
    once = signed(pdf=hybrid())
    assert verdict(once.content, trust).indication == PASSED
    assert verdict(add_signature(once, by("person"), Slot("Ky2")).content, trust).indication == PASSED
    assert verdict(appended(once.content, {4: FORGED}), trust).indication == FAILED


def visible_stamp(pdf: Pdf, authority: Identity, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A document time stamp whose field takes room on the page."""
    plain = pdf_maker._signature_field
    monkeypatch.setattr(
        pdf_maker, "_signature_field", lambda slot, value: plain(slot, value).replace(b"[0 0 0 0]", b"[0 0 300 300]")
    )
    slot = Slot("DauThoiGian", "ETSI.RFC3161", kind=b"/DocTimeStamp")
    return add_signature(pdf, lambda data: token(data, authority, NOW), slot).content


@pytest.mark.slow
def test_a_time_stamp_that_shows_something_is_a_change(trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign, ours = false_pki()["stamper"], pki().stampers["stamper"]
    slot = Slot("DauThoiGian", "ETSI.RFC3161", kind=b"/DocTimeStamp")
    unseen = add_signature(signed(), lambda data: token(data, foreign, NOW), slot).content
    assert verdict(unseen, trust).indication == PASSED, "set aside, neither believed nor fatal"
    assert verdict(visible_stamp(signed(), foreign, monkeypatch), trust).indication == FAILED
    assert verdict(visible_stamp(signed(), ours, monkeypatch), trust).indication == FAILED


@pytest.mark.parametrize(
    ("level", "indication"), [(None, FAILED), (1, FAILED), (2, PASSED)], ids=["no certification", "P=1", "P=2"]
)
def test_fields_are_drawn_anew_only_where_a_certification_lets_them_be_filled(
    level: int | None, indication: str, trust: Trust
) -> None:
    slot = Slot() if level is None else Slot(certifies=level)
    pdf = signed(slot=slot, pdf=document(form=True))
    form = pdf.frame()[CATALOG].replace(b"/SigFlags 3", b"/SigFlags 3 /NeedAppearances true")
    assert verdict(pdf.update({CATALOG: form}).content, trust).indication == indication


def test_a_time_stamp_of_other_bytes_is_set_aside(trust: Trust) -> None:
    slot = Slot("DauThoiGian", "ETSI.RFC3161", kind=b"/DocTimeStamp")
    stamped = add_signature(signed(), lambda _: token(b"other bytes", pki().stampers["stamper"], NOW), slot).content
    found = verdict(stamped, trust)
    assert found.indication == PASSED
    assert [one.sub_indication for one in found.signatures] == [None, "HASH_FAILURE"]


def test_a_document_time_stamp_alone_is_no_signature(trust: Trust) -> None:
    slot = Slot("DauThoiGian", "ETSI.RFC3161", kind=b"/DocTimeStamp")
    stamped = add_signature(document(), lambda data: token(data, pki().stampers["stamper"], NOW), slot).content
    found = verdict(stamped, trust)
    assert (found.indication, found.reasons[0].code) == (FAILED, "no-signature")


@pytest.mark.parametrize("tail", [b"\n", b"\r\n", b" \n"])
def test_a_line_end_after_the_last_mark_is_no_change(tail: bytes, trust: Trust) -> None:
    assert verdict(signed().content + tail, trust).indication == PASSED
    assert verdict(signed().content + tail + b"9 0 obj null endobj", trust).indication == FAILED


def test_a_changed_byte_of_the_covered_range_never_passes(trust: Trust) -> None:
    content = signed().content
    begin, end = content.index(b"/Contents <"), content.index(b"> >>", content.index(b"/Contents <"))
    covered = [*range(0, begin, 61), *range(end + 1, len(content), 61)]
    for place in covered:
        changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        assert verdict(changed, trust).indication == FAILED, place
