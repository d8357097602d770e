"""PDF files that were changed after signing, or whose signature leaves out what it must cover."""

from collections.abc import Mapping
from dataclasses import replace

from tests.signatures.pdf import (
    CATALOG,
    FORM_FIELD,
    PAGE,
    PAGES,
    PLAIN,
    TEXT,
    Pdf,
    Slot,
    add_signature,
    appearance,
    document,
    empty_field,
    fill,
    stream,
    text,
)
from tests.signatures.samples import FAILED, UNCLEAR, Sample
from tests.signatures.signing import by, one, range_of, signed

_BAD = ("FORMAT_FAILURE", "HASH_FAILURE")
_COVERS = "ISO 32000-2, 12.8.1: the range covers everything but /Contents"
_CHANGES = "EN 319 142-1, 5.5; ISO 32000-2, 12.8.2: this change is not permitted"


def _with_form(slot: Slot = PLAIN, signer: str = "agency") -> Pdf:
    return signed(signer, slot, document(form=True))


def _flip(content: bytes, old: bytes, new: bytes) -> bytes:
    assert content.count(old) == 1
    return content.replace(old, new)


def _changed(changed: Mapping[int, bytes], pdf: Pdf | None = None) -> bytes:
    return (pdf or signed()).update(changed).content


def _page_appended() -> bytes:
    pdf = signed()
    number = pdf.free
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R >>" % (number + 1)
    kids = b"<< /Type /Pages /Kids [3 0 R %d 0 R] /Count 2 >>" % number
    return _changed({PAGES: kids, number: page, number + 1: text("Phu luc")}, pdf)


def _note_added() -> bytes:
    pdf = signed()
    number = pdf.free
    note = (
        b"<< /Type /Annot /Subtype /FreeText /Rect [72 700 400 740] /DA (/Helv 14 Tf 0 g) /Contents (99000000)"
        b" /P 3 0 R /F 4 >>"
    )
    seen = replace(pdf, annotations=(*pdf.annotations, number))
    return _changed({**seen.frame(), number: note}, pdf)


def _visible_empty_field() -> bytes:
    return empty_field(signed(), "Trong", b"[60 700 400 740]")[0].content


def _catalog_gets(addition: bytes) -> bytes:
    pdf = signed()
    extended = replace(pdf, catalog=pdf.catalog + addition)
    return _changed(extended.frame(), pdf)


def _emptied() -> bytes:
    pdf = signed()
    number = pdf.fields[0]
    bare = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Ky1) /Rect [0 0 0 0] /F 132 /P 3 0 R >>"
    return _changed({number: bare}, pdf)


def _one_of_two_emptied() -> bytes:
    pdf = add_signature(signed("person"), by("agency"), Slot("Ky2"))
    bare = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Ky1) /Rect [0 0 0 0] /F 132 /P 3 0 R >>"
    return _changed({pdf.fields[0]: bare}, pdf)


def _field_removed_from_form() -> bytes:
    pdf = add_signature(signed("person"), by("agency"), Slot("Ky2"))
    fewer = replace(pdf, fields=pdf.fields[1:], annotations=pdf.annotations[1:])
    return _changed(fewer.frame(), pdf)


def _value_used_twice() -> bytes:
    pdf = signed()
    value = pdf.fields[0] + 1
    number = pdf.free
    field = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Ky2) /V %d 0 R /Rect [0 0 0 0] /P 3 0 R >>" % value
    more = replace(pdf, fields=(*pdf.fields, number), annotations=(*pdf.annotations, number))
    return _changed({**more.frame(), number: field}, pdf)


def _changed_between_two() -> bytes:
    between = signed("person").update({TEXT: text("So tien: 9900000")})
    return add_signature(between, by("agency"), Slot("Ky2")).content


def _signed_with_change() -> bytes:
    """The second signature's own revision brings the change."""
    return add_signature(signed("person"), by("agency"), Slot("Ky2", brings={TEXT: text("So tien: 9900000")})).content


def _signed_after_no_changes() -> bytes:
    return add_signature(signed("person", Slot(certifies=1)), by("agency"), Slot("Ky2")).content


def _shown_otherwise() -> bytes:
    """P=2 permits filling; the appearance draws over the whole page."""
    wide = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842]"
    pdf = _with_form(Slot(certifies=2))
    return _changed({PAGE: pdf.frame()[PAGE].replace(b"842]", b"400]"), FORM_FIELD + 1: stream(b"", wide)}, pdf)


def _locked_field_filled() -> bytes:
    slot = Slot(certifies=2, locks=b"/Action /All", field_extra=b"/Lock << /Type /SigFieldLock /Action /All >>")
    return fill(_with_form(slot), "An").content


def _literal_gap() -> bytes:
    """The gap is a literal string beside /Contents, so the shown value of /Contents is signed bytes."""
    pdf = signed()
    return pdf.content.replace(b"/Contents <", b"/Contents (", 1)


def _literal_string_range() -> bytes:
    """The range leaves out a string that holds a whole revision, and then stops before what follows."""
    hidden = b"/Note (" + b"x" * 200 + b")"
    pdf = signed(slot=Slot(extra=hidden, chooses_range=lambda begin, end, total: (0, begin, end + 7, total - end - 7)))
    return pdf.content


def _past_the_end() -> bytes:
    def choose(begin: int, end: int, total: int) -> list[int]:
        return [0, begin, end, total - end + 500]

    return signed(slot=Slot(chooses_range=choose)).content


SAMPLES = (
    Sample(
        "byte-flipped",
        lambda: _flip(signed().content, b"4400000", b"9400000"),
        FAILED,
        ("HASH_FAILURE",),
        clause="EN 319 102-1, 5.2.7",
    ),
    Sample("page-appended", _page_appended, FAILED, _BAD, clause=_CHANGES),
    Sample("text-replaced", lambda: _changed({TEXT: text("So tien: 9900000")}), FAILED, _BAD, clause=_CHANGES),
    Sample("note-added", _note_added, FAILED, _BAD, clause=_CHANGES),
    Sample("filled-after-ordinary-signature", lambda: fill(_with_form(), "An").content, FAILED, _BAD, clause=_CHANGES),
    Sample(
        "filled-after-no-changes",
        lambda: fill(_with_form(Slot(certifies=1)), "An").content,
        FAILED,
        _BAD,
        clause="ISO 32000-2, table 257, P=1",
    ),
    Sample(
        "signed-after-no-changes",
        _signed_after_no_changes,
        FAILED,
        _BAD,
        signers=2,
        clause="ISO 32000-2, table 257, P=1",
    ),
    Sample(
        "text-replaced-after-certification",
        lambda: _changed({TEXT: text("So tien: 9900000")}, _with_form(Slot(certifies=2))),
        FAILED,
        _BAD,
        clause="ISO 32000-2, table 257, P=2",
    ),
    Sample("page-cut-after-certification", _shown_otherwise, FAILED, _BAD, clause="ISO 32000-2, table 257, P=2"),
    Sample("locked-field-filled", _locked_field_filled, FAILED, _BAD, clause="ISO 32000-2, 12.8.2.4"),
    Sample(
        "appearance-alone-changed",
        lambda: _changed({FORM_FIELD + 1: appearance("9900000")}, _with_form()),
        FAILED,
        _BAD,
        clause=_CHANGES,
    ),
    Sample("visible-empty-field-added", _visible_empty_field, FAILED, _BAD, clause=_CHANGES),
    Sample(
        "script-added",
        lambda: _catalog_gets(b" /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"),
        FAILED,
        _BAD,
        clause=_CHANGES,
    ),
    Sample(
        "catalog-points-elsewhere",
        lambda: _changed(
            {
                CATALOG: signed().frame()[CATALOG].replace(b"/Pages 2 0 R", b"/Pages 90 0 R"),
                90: b"<< /Type /Pages /Kids [91 0 R] /Count 1 >>",
                91: b"<< /Type /Page /Parent 90 0 R /MediaBox [0 0 9 9] >>",
            }
        ),
        FAILED,
        _BAD,
        clause=_CHANGES,
    ),
    Sample("signature-emptied", _emptied, FAILED, _BAD, signers=None, clause="no signature is left", refused=True),
    Sample("one-of-two-emptied", _one_of_two_emptied, FAILED, _BAD, signers=None, clause=_CHANGES),
    Sample("field-removed-from-form", _field_removed_from_form, FAILED, _BAD, signers=None, clause=_CHANGES),
    Sample("signature-used-twice", _value_used_twice, FAILED, _BAD, signers=None, clause=_CHANGES),
    Sample("changed-between-two", _changed_between_two, FAILED, _BAD, signers=2, clause=_CHANGES),
    Sample("second-signature-brings-change", _signed_with_change, FAILED, _BAD, signers=2, clause=_CHANGES),
    Sample(
        "objects-after-the-end",
        lambda: signed().content + b"4 0 obj\n" + text("So tien: 9900000") + b"\nendobj\n",
        FAILED,
        _BAD,
        signers=None,
        clause=_COVERS,
    ),
    Sample("range-past-the-end", _past_the_end, FAILED, _BAD, clause=_COVERS),
    Sample(
        "range-begins-late",
        one(slot=Slot(chooses_range=range_of(9, lambda b, e, t: b - 9, lambda b, e, t: e, lambda b, e, t: t - e))),
        FAILED,
        _BAD,
        clause=_COVERS,
    ),
    Sample(
        "range-ends-early",
        one(slot=Slot(chooses_range=range_of(0, lambda b, e, t: b, lambda b, e, t: e, lambda b, e, t: t - e - 60))),
        FAILED,
        _BAD,
        clause=_COVERS,
    ),
    Sample("range-leaves-out-more", _literal_string_range, FAILED, _BAD, clause=_COVERS),
    Sample(
        "range-gap-begins-early",
        one(slot=Slot(chooses_range=range_of(0, lambda b, e, t: b - 11, lambda b, e, t: e, lambda b, e, t: t - e))),
        FAILED,
        _BAD,
        clause=_COVERS,
    ),
    Sample(
        "range-in-three",
        one(
            slot=Slot(
                chooses_range=range_of(0, 40, 60, lambda b, e, t: b - 60, lambda b, e, t: e, lambda b, e, t: t - e)
            )
        ),
        FAILED,
        _BAD,
        clause=_COVERS,
    ),
    Sample(
        "range-of-the-first-part",
        one(slot=Slot(chooses_range=range_of(0, lambda b, e, t: b, lambda b, e, t: t, 0))),
        FAILED,
        _BAD,
        clause=_COVERS,
    ),
    Sample(
        "range-negative",
        one(slot=Slot(chooses_range=range_of(0, lambda b, e, t: b, lambda b, e, t: e, -1))),
        FAILED,
        _BAD,
        clause=_COVERS,
        refused=True,
        also=((UNCLEAR, ("SIGNED_DATA_NOT_FOUND",)),),
    ),
    Sample("contents-is-no-hexadecimal-string", _literal_gap, FAILED, _BAD, clause=_COVERS, signers=None, refused=True),
)
