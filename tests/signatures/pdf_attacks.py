"""PDF files that imitate known attacks, and unusual files that are good all the same."""

import zlib
from collections.abc import Mapping
from dataclasses import replace

from tests.signatures.authorities import AUTHORITY, issue, key, revocation_list
from tests.signatures.cms import token
from tests.signatures.pdf import CATALOG, FONT, PAGE, TEXT, Pdf, Slot, add_signature, document, stream, text
from tests.signatures.pki import NOW, pki
from tests.signatures.samples import FAILED, PASSED, UNCLEAR, Sample
from tests.signatures.signing import by, document_stamp, old_style, one, signed, stamped

_BAD = ("FORMAT_FAILURE", "HASH_FAILURE")
_CHANGES = "EN 319 142-1, 5.5; ISO 32000-2, 12.8.2: this change is not permitted"
_BLOCKS = "EN 319 102-1, 5.3: all building blocks pass at the moment of judging"
_LATER = ("TRY_LATER", "CERTIFICATE_CHAIN_GENERAL_FAILURE")
_NO_CHAIN = ("NO_CERTIFICATE_CHAIN_FOUND", "CERTIFICATE_CHAIN_GENERAL_FAILURE")


def _changed(changed: Mapping[int, bytes], pdf: Pdf | None = None) -> bytes:
    return (pdf or signed()).update(changed).content


def _frame_changed(old: bytes, new: bytes, number: int, extra: Mapping[int, bytes] | None = None) -> bytes:
    pdf = signed()
    body = pdf.frame()[number]
    assert old in body
    return _changed({number: body.replace(old, new), **(extra or {})}, pdf)


def _table_alone() -> bytes:
    """The signed bytes hold a second object 4 that nothing points to; a later table does."""
    plain = document()
    hidden = plain.content.index(b"xref\n")
    second = b"4 0 obj\n" + text("So tien: 9900000") + b"\nendobj\n"
    content = plain.content[:hidden] + second + plain.content[hidden:]
    assert plain.xref is not None
    moved = plain.xref + len(second)
    content = content.replace(b"startxref\n%d" % plain.xref, b"startxref\n%d" % moved)
    pdf = add_signature(replace(plain, content=content, xref=moved), by("agency"))
    xref = len(pdf.content)
    tail = b"xref\n4 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
    return pdf.content + tail % (hidden, pdf.free, pdf.xref or 0, xref)


def _layers(shown: bytes, pdf: Pdf | None = None) -> Pdf:
    """A document with a layer that is on or off."""
    layer = b" /OCProperties << /OCGs [20 0 R] /D << /%s [20 0 R] >> >>" % shown
    base = replace(pdf or document(catalog=layer), catalog=layer)
    return base.update({**base.frame(), 20: b"<< /Type /OCG /Name (Lop) >>"})


def _layer_switched() -> bytes:
    pdf = add_signature(_layers(b"OFF"), by("agency"))
    switched = replace(pdf, catalog=pdf.catalog.replace(b"/OFF", b"/ON"))
    return _changed(switched.frame(), pdf)


def _file_attached() -> bytes:
    pdf = signed()
    number = pdf.free
    names = b" /Names << /EmbeddedFiles << /Names [(a) %d 0 R] >> >>" % number
    more = replace(pdf, catalog=pdf.catalog + names)
    bodies = {number: b"<< /Type /Filespec /F (a) /EF << /F %d 0 R >> >>" % (number + 1), number + 1: stream(b"x")}
    return _changed({**more.frame(), **bodies}, pdf)


def _link_added() -> bytes:
    pdf = signed()
    more = replace(pdf, annotations=(*pdf.annotations, pdf.free))
    link = b"<< /Type /Annot /Subtype /Link /Rect [0 0 595 842] /A << /S /URI /URI (http://127.0.0.1:9/) >> >>"
    return _changed({**more.frame(), pdf.free: link}, pdf)


def _signature_drawn_over() -> bytes:
    """The second signature is genuine, and its appearance covers the page with another sum."""
    pdf = signed("person")
    picture = stream(
        b"BT /F1 14 Tf 72 720 Td (So tien: 9900000) Tj ET",
        b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >>",
    )
    number = pdf.free + 4
    slot = Slot("Ky2", brings={number: picture}, field_extra=b"/AP << /N %d 0 R >>" % number)
    return add_signature(pdf, by("agency"), slot).content


def _text_field_added() -> bytes:
    pdf = signed()
    number = pdf.free
    more = replace(pdf, fields=(*pdf.fields, number), annotations=(*pdf.annotations, number))
    field = (
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (Moi) /V (9900000) /Rect [72 710 400 740] /P 3 0 R"
        b" /DA (/Helv 14 Tf 0 g) >>"
    )
    return _changed({**more.frame(), number: field}, pdf)


def _hybrid() -> bytes:
    """A hybrid-reference file (ISO 32000-2, 7.5.8.4), as word processors write it: a table, and a stream beside it."""
    plain = document()
    assert plain.xref is not None
    rows = zlib.compress(b"\x00" + bytes(5))
    place = len(plain.content)
    table = (
        b"<< /Type /XRef /Size 1 /W [1 4 1] /Index [0 1] /Root 1 0 R /Filter /FlateDecode /Length %d >>\n"
        b"stream\n%s\nendstream"
    )
    content = plain.content + b"30 0 obj\n" + table % (len(rows), rows) + b"\nendobj\n"
    xref = len(content)
    content += b"xref\n0 0\ntrailer\n<< /Size 31 /Root 1 0 R /Prev %d /XRefStm %d >>\n" % (plain.xref, place)
    content += b"startxref\n%d\n%%%%EOF\n" % xref
    objects = {**plain.objects, 30: b""}
    return add_signature(replace(plain, content=content, objects=objects, xref=xref), by("agency")).content


def _many_authorities(count: int = 26) -> bytes:
    """Authorities of one name that certify each other: paths without end."""
    first = issue(
        "CA vong tron", by=None, begins="2020-01-01", ends="2040-01-01", usage=AUTHORITY, private=key("vong-0")
    )
    ring = [first]
    for number in range(1, count):
        private = key(f"vong-{number % 3}")
        ring.append(
            issue("CA vong tron", by=ring[-1], begins="2020-01-01", ends="2040-01-01", usage=AUTHORITY, private=private)
        )
    signer = issue("Người Ký Vòng", by=ring[-1], begins="2024-01-01", ends="2030-01-01")
    return signed(signer, Slot(room=65_536), carries=ring).content


def _stamp_alone() -> bytes:
    return document_stamp(document()).content


def _spoiled_document_stamp() -> bytes:
    slot = Slot("DauThoiGian", "ETSI.RFC3161", kind=b"/DocTimeStamp")
    return add_signature(signed(), lambda data: token(data + b"x", pki().stampers["stamper"], NOW), slot).content


def _revoked_beside_many_lists() -> bytes:
    """The file brings lists of sisters, a forged one among them, which would clear its signer."""
    authorities = pki().authorities
    lists = [
        revocation_list(authorities[name], issued="2026-11-19T10:00") for name in ("assembly", "first-state", "court")
    ]
    forged = revocation_list(authorities["state"], issued="2026-11-19T12:00", private=key("forger"), number=999)
    return signed("revoked", at="2026-01-10", carries_lists=[*lists, forged]).content


def _twin_of_a_sister() -> bytes:
    """The certificate of a sister authority's signer with the same key: the attribute names another one."""
    other = issue(
        "Người Khác", by=pki().authorities["party"], begins="2024-01-01", ends="2029-01-01", private=key("signer")
    )
    return signed("agency", names=other, carries=[other]).content


def _contents_with_a_tail() -> bytes:
    return add_signature(document(), lambda data: by("agency")(data) + b"\x30\x03\x02\x01\x01").content


SAMPLES = (
    Sample("table-alone-points-elsewhere", _table_alone, FAILED, _BAD, clause=_CHANGES),
    Sample("layer-switched", _layer_switched, FAILED, _BAD, clause=_CHANGES),
    Sample("with-a-layer", lambda: add_signature(_layers(b"OFF"), by("agency")).content, PASSED, clause=_BLOCKS),
    Sample("file-attached", _file_attached, FAILED, _BAD, clause=_CHANGES),
    Sample("link-added", _link_added, FAILED, _BAD, clause=_CHANGES),
    Sample("text-field-added", _text_field_added, FAILED, _BAD, clause=_CHANGES),
    Sample(
        "font-exchanged",
        lambda: _changed({FONT: b"<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>"}),
        FAILED,
        _BAD,
        clause=_CHANGES,
    ),
    Sample(
        "page-turned",
        lambda: _frame_changed(b"/Type /Page ", b"/Type /Page /Rotate 180 ", PAGE),
        FAILED,
        _BAD,
        clause=_CHANGES,
    ),
    Sample(
        "page-text-in-two-parts",
        lambda: _frame_changed(b"/Contents 4 0 R", b"/Contents [4 0 R 40 0 R]", PAGE, {40: text("000")}),
        FAILED,
        _BAD,
        clause=_CHANGES,
    ),
    Sample("text-freed", lambda: _frame_changed(b"/Contents 4 0 R", b"", PAGE), FAILED, _BAD, clause=_CHANGES),
    Sample(
        "actions-added",
        lambda: _frame_changed(b"/Type /Page ", b"/Type /Page /AA << /O << /S /JavaScript /JS (x) >> >> ", PAGE),
        FAILED,
        _BAD,
        clause=_CHANGES,
    ),
    Sample(
        "reader-settings-added",
        lambda: _frame_changed(
            b"/Type /Catalog", b"/Type /Catalog /ViewerPreferences << /HideToolbar true >>", CATALOG
        ),
        FAILED,
        _BAD,
        clause=_CHANGES,
        also=((PASSED, ()),),
    ),
    Sample(
        "second-signature-drawn-over",
        _signature_drawn_over,
        PASSED,
        signers=2,
        also=((FAILED, _BAD),),
        clause="the seal of an agency stands over the page (Decree 30/2020); a second signature may be visible",
    ),
    Sample(
        "text-object-replaced-twice",
        lambda: _changed({TEXT: text("So tien: 4400000")}, signed().update({TEXT: text("So tien: 9900000")})),
        FAILED,
        _BAD,
        clause="a change that is taken back was a change",
    ),
    Sample("hybrid-reference-file", _hybrid, PASSED, clause="ISO 32000-2, 7.5.8.4"),
    Sample("authorities-in-a-ring", _many_authorities, UNCLEAR, _NO_CHAIN, clause="EN 319 102-1, 5.2.6"),
    Sample(
        "document-time-stamp-alone",
        _stamp_alone,
        FAILED,
        ("FORMAT_FAILURE",),
        signers=0,
        refused=True,
        clause="a time stamp is no signature",
    ),
    Sample(
        "document-time-stamp-of-other-bytes",
        _spoiled_document_stamp,
        PASSED,
        also=((FAILED, _BAD),),
        clause="5.5.4 (3)b: a stamp that does not pass is set aside",
    ),
    Sample(
        "revoked-beside-carried-lists",
        _revoked_beside_many_lists,
        UNCLEAR,
        ("REVOKED_NO_POE",),
        clause="RFC 5280, 6.3.3 (f)",
    ),
    Sample(
        "names-a-twin",
        _twin_of_a_sister,
        UNCLEAR,
        ("NO_SIGNING_CERTIFICATE_FOUND", "SIG_CONSTRAINTS_FAILURE"),
        clause="EN 319 102-1, 5.2.3.4",
    ),
    Sample(
        "contents-with-a-tail",
        _contents_with_a_tail,
        FAILED,
        ("FORMAT_FAILURE",),
        clause="ISO 32000-2, 12.8.1: zeros alone pad the value",
        also=((PASSED, ()),),
    ),
    Sample(
        "old-format-stamped",
        one(slot=old_style(), bare=True, stamp=stamped("2026-11-18T03:00")),
        PASSED,
        clause="EN 319 102-1, 5.5.4",
    ),
)
