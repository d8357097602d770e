"""PDF files written by hand, revision by revision, so that any byte of them can be chosen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

CATALOG, PAGES, PAGE, TEXT, FONT, FORM_FIELD, APPEARANCE = range(1, 8)
_RANGE_ROOM = 60


def stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), extra, data)


def text(line: str) -> bytes:
    """The content of a page with one line."""
    return stream(b"BT /F1 14 Tf 72 720 Td (%s) Tj ET" % line.encode("ascii"))


@dataclass(frozen=True)
class Pdf:
    """A file, and what its newest revision holds.

    `objects` are the bodies by number; `fields` and `annotations` the numbers that the form and the page list;
    `catalog` is what else stands in the catalog.
    """

    content: bytes = b""
    objects: Mapping[int, bytes] = field(default_factory=dict)
    xref: int | None = None
    fields: tuple[int, ...] = ()
    annotations: tuple[int, ...] = ()
    catalog: bytes = b""

    @property
    def free(self) -> int:
        return max(self.objects) + 1

    def update(self, changed: Mapping[int, bytes], trailer: bytes = b"") -> "Pdf":
        """Append a revision with these objects."""
        content = bytearray(self.content if self.content.endswith(b"\n") else self.content + b"\n")
        offsets: dict[int, int] = {}
        for number, body in changed.items():
            offsets[number] = len(content)
            content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        objects = {**self.objects, **changed}
        xref = len(content)
        content += b"xref\n" + (b"0 1\n0000000000 65535 f \n" if self.xref is None else b"")
        for number, offset in sorted(offsets.items()):
            content += b"%d 1\n%010d 00000 n \n" % (number, offset)
        previous = b"" if self.xref is None else b"/Prev %d " % self.xref
        content += b"trailer\n<< /Size %d /Root 1 0 R %s%s>>\n" % (max(objects) + 1, previous, trailer)
        content += b"startxref\n%d\n%%%%EOF\n" % xref
        return replace(self, content=bytes(content), objects=objects, xref=xref)

    def frame(self) -> dict[int, bytes]:
        """The catalog and the page as they must be now."""
        fields = b" ".join(b"%d 0 R" % number for number in self.fields)
        annotations = b" ".join(b"%d 0 R" % number for number in self.annotations)
        form = b"/AcroForm << /Fields [%s] /SigFlags 3 /DA (/Helv 0 Tf 0 g) >>" % fields if self.fields else b""
        return {
            CATALOG: b"<< /Type /Catalog /Pages 2 0 R %s %s >>" % (form, self.catalog),
            PAGE: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> /Annots [%s] >>" % annotations,
        }


def document(line: str = "So tien: 4400000", *, form: bool = False, padding: int = 0, catalog: bytes = b"") -> Pdf:
    """A page with a line of text; with a form of one text field if asked for, and with bytes that show nothing."""
    bodies = {
        PAGES: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        TEXT: text(line),
        FONT: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        FORM_FIELD: _form_field("chua dien"),
        APPEARANCE: appearance("chua dien"),
    }
    if padding:
        bodies[8] = stream(bytes(padding))
    fresh = Pdf(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", catalog=catalog)
    if form:
        fresh = replace(fresh, fields=(FORM_FIELD,), annotations=(FORM_FIELD,))
    return fresh.update({**fresh.frame(), **bodies})


def _form_field(value: str) -> bytes:
    return (
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (NguoiNhan) /V (%s) /Rect [72 600 300 620] /F 4 /P 3 0 R"
        b" /DA (/Helv 10 Tf 0 g) /AP << /N 7 0 R >> >>" % value.encode("ascii")
    )


def appearance(shown: str) -> bytes:
    extra = b"/Type /XObject /Subtype /Form /BBox [0 0 228 20] /Resources << /Font << /F1 5 0 R >> >>"
    return stream(b"BT /F1 10 Tf 2 5 Td (%s) Tj ET" % shown.encode("ascii"), extra)


def fill(pdf: Pdf, value: str, shown: str | None = None) -> Pdf:
    """Fill the text field in a revision of its own; `shown` is what its appearance shows."""
    return pdf.update({FORM_FIELD: _form_field(value), APPEARANCE: appearance(shown or value)})


Signs = Callable[[bytes], bytes]
"""Makes the value of a signature over the signed bytes."""
Range = Callable[[int, int, int], Sequence[int]]
"""Chooses /ByteRange from the begin and the end of the gap and the end of the file."""


@dataclass(frozen=True)
class Slot:
    """How the signature stands in the file."""

    name: str = "Ky1"
    format: str = "ETSI.CAdES.detached"
    kind: bytes = b"/Sig"
    room: int = 8192
    certifies: int | None = None
    locks: bytes | None = None
    extra: bytes = b""
    field_extra: bytes = b""
    in_field: int | None = None
    chooses_range: Range | None = None
    appearance: bytes | None = None
    brings: Mapping[int, bytes] = field(default_factory=dict)


PLAIN = Slot()


def add_signature(pdf: Pdf, signs: Signs, slot: Slot = PLAIN) -> Pdf:
    """Append a revision with a signature over everything but its own /Contents."""
    field_number = slot.in_field or max([pdf.free, *[each + 1 for each in slot.brings]])
    value_number = max(pdf.free, field_number + 1)
    catalog = pdf.catalog
    if slot.certifies:
        catalog += b" /Perms << /DocMDP %d 0 R >>" % value_number
    known = pdf.fields if slot.in_field else (*pdf.fields, field_number)
    seen = pdf.annotations if slot.in_field else (*pdf.annotations, field_number)
    framed = replace(pdf, fields=known, annotations=seen, catalog=catalog)
    bodies = {
        **framed.frame(),
        **slot.brings,
        field_number: _signature_field(slot, value_number),
        value_number: _signature_value(slot),
    }
    written = framed.update(bodies)
    return replace(written, content=_fill_gap(written.content, len(pdf.content), signs, slot))


def empty_field(pdf: Pdf, name: str, rectangle: bytes = b"[0 0 0 0]", extra: bytes = b"") -> tuple[Pdf, int]:
    """Append a signature field without a signature, and return its number."""
    number = pdf.free
    framed = replace(pdf, fields=(*pdf.fields, number), annotations=(*pdf.annotations, number))
    body = _signature_field(Slot(name, field_extra=extra), None).replace(b"[0 0 0 0]", rectangle)
    return framed.update({**framed.frame(), number: body}), number


def _signature_field(slot: Slot, value: int | None) -> bytes:
    shown = b"/Rect [0 0 0 0]"
    points = b"/V %d 0 R" % value if value else b""
    return b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) %s %s /F 132 /P 3 0 R %s >>" % (
        slot.name.encode("ascii"),
        points,
        shown,
        slot.field_extra,
    )


def _signature_value(slot: Slot) -> bytes:
    references = b""
    if slot.certifies:
        references += (
            b"<< /Type /SigRef /TransformMethod /DocMDP"
            b" /TransformParams << /Type /TransformParams /P %d /V /1.2 >> >>" % slot.certifies
        )
    if slot.locks:
        references += (
            b"<< /Type /SigRef /TransformMethod /FieldMDP"
            b" /TransformParams << /Type /TransformParams %s /V /1.2 >> >>" % slot.locks
        )
    return (
        b"<< /Type %s /Filter /Adobe.PPKLite /SubFilter /%s /ByteRange [0 " % (slot.kind, slot.format.encode("ascii"))
        + b"*" * _RANGE_ROOM
        + b"] /Contents <"
        + b"0" * (2 * slot.room)
        + b">"
        + (b" /Reference [%s]" % references if references else b"")
        + slot.extra
        + b" >>"
    )


def _fill_gap(content: bytes, since: int, signs: Signs, slot: Slot) -> bytes:
    begin = content.index(b"/Contents <" + b"0" * 64, since) + len(b"/Contents ")
    end = begin + 2 * slot.room + 2
    choose = slot.chooses_range or (lambda first, last, total: (0, first, last, total - last))
    chosen = list(choose(begin, end, len(content)))
    wanted = b" ".join(b"%d" % each for each in chosen)
    place = content.index(b"[0 " + b"*" * _RANGE_ROOM, since)
    blank = len(b"[0 ") + _RANGE_ROOM
    content = content[:place] + (b"[" + wanted).ljust(blank) + content[place + blank :]
    pairs = zip(chosen[::2], chosen[1::2], strict=True)
    signed = b"".join(content[start : start + length] for start, length in pairs)
    value = signs(signed)
    assert len(value) <= slot.room
    filled = value.hex().encode("ascii").ljust(2 * slot.room, b"0")
    return content[: begin + 1] + filled + content[end - 1 :]
