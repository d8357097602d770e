"""PDF files made to exhaust their reader: loops, bombs and masses."""

import zlib
from dataclasses import replace

from tests.signatures.pdf import CATALOG, FORM_FIELD, PAGE, PAGES, Pdf, Slot, add_signature, document, stream
from tests.signatures.pdf_malformed import _UNREAD
from tests.signatures.samples import FAILED, PASSED, Sample
from tests.signatures.signing import by, signed

_BAD = ("FORMAT_FAILURE", "HASH_FAILURE")
_CLAUSE = "EN 319 102-1, 5.2.2: not a file of the format; or a refusal with a reason"


def _loop() -> bytes:
    plain = document()
    assert plain.xref is not None
    return plain.update({}, b"/Prev %d " % (len(plain.content))).content


def _two_tables_in_a_circle() -> bytes:
    first = document()
    assert first.xref is not None
    second = first.update({CATALOG: first.objects[CATALOG]})
    mark = b"trailer\n<< /Size"
    where = second.content.index(mark)
    pointer = b"trailer\n<< /Prev %d /Size" % (second.xref or 0)
    shift = len(pointer) - len(mark)
    pointer = b"trailer\n<< /Prev %d /Size" % ((second.xref or 0) + shift)
    moved = second.content[:where] + pointer + second.content[where + len(mark) :]
    return moved.replace(b"startxref\n%d" % (second.xref or 0), b"startxref\n%d" % ((second.xref or 0) + shift))


def _bomb() -> bytes:
    """An object stream of some kilobytes that unpacks twice to half a gigabyte, with the catalog inside it."""
    packed = zlib.compress(zlib.compress(bytes(500_000_000), 1), 9)
    inner = stream(packed, b"/Type /ObjStm /N 1 /First 8 /Filter [/FlateDecode /FlateDecode]")
    return _from_object_stream(inner)


def _from_object_stream(inner: bytes) -> bytes:
    content = b"%PDF-1.7\n"
    place = len(content)
    content += b"1 0 obj\n" + inner + b"\nendobj\n"
    xref = len(content)
    rows = b"".join(
        [
            b"\x00" + bytes(5),
            b"\x01" + place.to_bytes(4, "big") + b"\x00",
            b"\x02" + (1).to_bytes(4, "big") + b"\x00",
            b"\x01" + xref.to_bytes(4, "big") + b"\x00",
        ]
    )
    table = stream(rows, b"/Type /XRef /Size 4 /W [1 4 1] /Root 2 0 R")
    return content + b"3 0 obj\n" + table + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % xref


def _plain_bomb() -> bytes:
    packed = zlib.compress(bytes(500_000_000), 1)
    return _from_object_stream(stream(packed, b"/Type /ObjStm /N 1 /First 8 /Filter /FlateDecode"))


def _stream_in_itself() -> bytes:
    return _from_object_stream(
        b"<< /Type /ObjStm /N 1 /First 4 /Length 3 0 R /Extends 1 0 R >>\nstream\n2 0 <<>>\nendstream"
    )


def _deep(levels: int = 60_000) -> bytes:
    plain = document()
    nested = b"<< /Type /Catalog /Pages 2 0 R /X " + b"[" * levels + b"]" * levels + b" >>"
    return plain.update({CATALOG: nested}).content


def _signed_deep() -> bytes:
    """The depth stands in a revision after the signature."""
    pdf = signed()
    nested = pdf.frame()[CATALOG][:-2] + b"/X " + b"<< /Y " * 20_000 + b">>" * 20_000 + b" >>"
    return pdf.update({CATALOG: nested}).content


def _pages_in_a_circle() -> bytes:
    pdf = signed()
    return pdf.update({PAGES: b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 /Parent 2 0 R >>"}).content


def _fields_in_a_circle() -> bytes:
    pdf = document(form=True)
    circle = b"<< /T (a) /Kids [%d 0 R] /Parent %d 0 R >>" % (FORM_FIELD, FORM_FIELD)
    return pdf.update({FORM_FIELD: circle}).content


def _reference_to_itself() -> bytes:
    pdf = document()
    number = pdf.free
    return pdf.update({PAGE: b"%d 0 R" % number, number: b"%d 0 R" % number}).content


def _many_signatures(count: int = 300) -> bytes:
    """One honest value, repeated in hundreds of fields of hundreds of revisions."""
    pdf = document()
    value = by("agency", bare=True)(b"")
    for number in range(count):
        pdf = add_signature(pdf, lambda _data: value, Slot(f"Ky{number}", room=4096))
    return pdf.content


def _many_fields(count: int = 20_000) -> bytes:
    pdf = signed()
    numbers = range(pdf.free, pdf.free + count)
    more = replace(pdf, fields=(*pdf.fields, *numbers))
    bodies = {number: b"<< /FT /Sig /T (F%d) >>" % number for number in numbers}
    return more.update({**more.frame(), **bodies}).content


def _sixty_megabytes() -> bytes:
    return signed(pdf=document(padding=60_000_000)).content


def _huge_contents() -> bytes:
    return signed(slot=Slot(room=20_000_000)).content


def _chain_of_revisions(count: int = 5_000) -> bytes:
    pdf = signed()
    for _ in range(count):
        pdf = _short_update(pdf)
    return pdf.content


def _short_update(pdf: Pdf) -> Pdf:
    previous, xref = pdf.xref or 0, len(pdf.content)
    tail = b"xref\n0 0\ntrailer\n<< /Size 20 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (previous, xref)
    return replace(pdf, content=pdf.content + tail, xref=xref)


def _hostile(name: str, make: object, signers: int | None = None) -> Sample:
    return Sample(name, make, FAILED, _BAD, signers=signers, clause=_CLAUSE, refused=True, also=_UNREAD)  # type: ignore[arg-type] - a maker


SAMPLES = (
    _hostile("xref-loop", _loop),
    _hostile("xref-circle-of-two", _two_tables_in_a_circle),
    _hostile("object-stream-bomb", _bomb),
    _hostile("object-stream-plain-bomb", _plain_bomb),
    _hostile("object-stream-in-itself", _stream_in_itself),
    _hostile("deep-nesting", _deep),
    _hostile("deep-nesting-after-signature", _signed_deep),
    _hostile("pages-in-a-circle", _pages_in_a_circle),
    _hostile("fields-in-a-circle", _fields_in_a_circle),
    _hostile("reference-to-itself", _reference_to_itself),
    _hostile("three-hundred-signatures", _many_signatures),
    _hostile("twenty-thousand-fields", _many_fields),
    replace(_hostile("sixty-megabytes", _sixty_megabytes), also=(*_UNREAD, (PASSED, ()))),
    _hostile("huge-contents", _huge_contents),
    replace(_hostile("five-thousand-revisions", _chain_of_revisions), also=(*_UNREAD, (PASSED, ()))),
)
