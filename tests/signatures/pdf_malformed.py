"""PDF files whose signatures are malformed, and files that are no signed PDF at all."""

import io

from tests.signatures.pdf import Slot, add_signature, document
from tests.signatures.samples import FAILED, UNCLEAR, Sample
from tests.signatures.signing import one, signed

_FORMAT = ("FORMAT_FAILURE",)
_UNREAD = (
    (
        UNCLEAR,
        ("SIGNED_DATA_NOT_FOUND", "NO_SIGNING_CERTIFICATE_FOUND", "SIG_CONSTRAINTS_FAILURE", "GENERIC", "CUSTOM"),
    ),
)
_CHECK = "EN 319 102-1, 5.2.2: not a signature of the format"


def _unknown_second(name: str) -> bytes:
    return add_signature(signed(), lambda data: b"\x30\x03\x02\x01\x01", Slot("Ky2", name)).content


def _encrypted() -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(PdfReader(io.BytesIO(signed().content)))
    writer.encrypt("", "chu", algorithm="RC4-128")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _keys(old: bytes, new: bytes) -> bytes:
    content = signed().content
    assert len(old) == len(new)
    return content.replace(old, new, 1)


SAMPLES = (
    Sample(
        "signature-value-spoiled", one(spoils_value=True), FAILED, ("SIG_CRYPTO_FAILURE",), clause="EN 319 102-1, 5.2.7"
    ),
    Sample(
        "message-digest-wrong", one(message_digest=bytes(32)), FAILED, ("HASH_FAILURE",), clause="EN 319 102-1, 5.2.7"
    ),
    Sample(
        "two-signer-infos",
        one(signer_infos=2),
        FAILED,
        _FORMAT,
        signers=None,
        clause="EN 319 142-1, 5.3: one SignerInfo",
        also=_UNREAD,
    ),
    Sample("no-signer-info", one(signer_infos=0), FAILED, _FORMAT, clause="EN 319 142-1, 5.3", also=_UNREAD),
    Sample("message-digest-twice", one(twice="message_digest"), FAILED, _FORMAT, clause="RFC 5652, 11.2", also=_UNREAD),
    Sample(
        "no-signed-attributes",
        one(without_attributes=True),
        FAILED,
        _FORMAT,
        clause="EN 319 142-1, 6.3",
        also=(*_UNREAD, ("INDETERMINATE", ("SIG_CONSTRAINTS_FAILURE",))),
    ),
    Sample(
        "contents-empty",
        lambda: add_signature(document(), lambda data: b"").content,
        FAILED,
        _FORMAT,
        clause=_CHECK,
        also=_UNREAD,
        refused=True,
    ),
    Sample(
        "contents-garbage",
        lambda: add_signature(document(), lambda data: b"\xff" * 900).content,
        FAILED,
        _FORMAT,
        clause=_CHECK,
        also=_UNREAD,
        refused=True,
    ),
    Sample(
        "contents-another-structure",
        lambda: add_signature(document(), lambda data: b"\x30\x03\x02\x01\x01").content,
        FAILED,
        _FORMAT,
        clause=_CHECK,
        also=_UNREAD,
        refused=True,
    ),
    Sample(
        "unknown-format",
        one(slot=Slot(format="adbe.khong.biet")),
        FAILED,
        _FORMAT,
        clause="every signature counts",
        also=_UNREAD,
        refused=True,
    ),
    Sample(
        "second-signature-of-unknown-format",
        lambda: _unknown_second("adbe.khong.biet"),
        FAILED,
        _FORMAT,
        signers=2,
        clause="every signature counts",
        also=_UNREAD,
        refused=True,
    ),
    Sample(
        "second-signature-garbage",
        lambda: add_signature(signed(), lambda data: b"\xff" * 90, Slot("Ky2")).content,
        FAILED,
        _FORMAT,
        signers=2,
        clause="every signature counts",
        also=_UNREAD,
        refused=True,
    ),
    Sample(
        "range-missing",
        lambda: _keys(b"/ByteRange", b"/XyteRange"),
        FAILED,
        _FORMAT,
        clause=_CHECK,
        also=_UNREAD,
        refused=True,
    ),
    Sample(
        "format-missing",
        lambda: _keys(b"/SubFilter", b"/XubFilter"),
        FAILED,
        _FORMAT,
        clause=_CHECK,
        also=_UNREAD,
        refused=True,
    ),
    Sample(
        "unsigned",
        lambda: document().content,
        FAILED,
        _FORMAT,
        signers=0,
        clause="no signature at all",
        refused=True,
        also=_UNREAD,
    ),
    Sample(
        "encrypted",
        _encrypted,
        FAILED,
        ("FORMAT_FAILURE", "HASH_FAILURE"),
        signers=None,
        clause="EN 319 102-1, 5.2.2",
        refused=True,
        also=_UNREAD,
    ),
    Sample(
        "truncated",
        lambda: signed().content[:5000],
        FAILED,
        _FORMAT,
        signers=None,
        clause=_CHECK,
        refused=True,
        also=_UNREAD,
    ),
    Sample(
        "truncated-by-a-byte-of-the-mark",
        lambda: signed().content[:-3],
        FAILED,
        ("FORMAT_FAILURE", "HASH_FAILURE"),
        signers=None,
        clause=_CHECK,
        refused=True,
        also=_UNREAD,
    ),
    Sample(
        "not-a-pdf",
        lambda: b"GIF89a" + bytes(range(256)) * 20,
        FAILED,
        _FORMAT,
        signers=None,
        clause=_CHECK,
        refused=True,
        also=_UNREAD,
    ),
    Sample("zero-bytes", lambda: b"", FAILED, _FORMAT, signers=None, clause=_CHECK, refused=True, also=_UNREAD),
    Sample(
        "head-alone", lambda: b"%PDF-1.7\n", FAILED, _FORMAT, signers=None, clause=_CHECK, refused=True, also=_UNREAD
    ),
)
