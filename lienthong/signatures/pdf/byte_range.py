"""/ByteRange: what a signature covers (ISO 32000-2, 12.8.1; EN 319 142-1, 5.1).

It is looked at in the bytes, not computed from lengths: the gap is the hexadecimal string of this very signature's
/Contents and nothing else, both parts lie inside the file, and the second one ends where a revision ends.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lienthong.signatures.cms import CmsFault
from lienthong.signatures.limits import BeyondLimit, Limits
from lienthong.signatures.pdf.document import WHITE, Document, revision_that_ends
from lienthong.signatures.pdf.fields import Field
from lienthong.signatures.verdict import SubIndication

_HEX = frozenset(b"0123456789abcdefABCDEF" + WHITE)


@dataclass(frozen=True, slots=True)
class Covered:
    """What a signature covers: two parts around its value, up to the end of `revision`."""

    gap: tuple[int, int]
    end: int
    revision: int
    contents: bytes
    whole_file: bool

    def digest(self, document: Document) -> Callable[[str], bytes]:
        """The digest of the covered bytes by the name of a hash."""
        view = memoryview(document.content)

        def digest(name: str) -> bytes:
            total = hashlib.new(name)
            total.update(view[: self.gap[0]])
            total.update(view[self.gap[1] : self.end])
            return total.digest()

        return digest


def covered(document: Document, field: Field) -> Covered:
    """What the signature of `field` covers. Raises `CmsFault` for any range but the one that is due."""
    if not document.ends_well:
        raise _fault("pdf-bytes-after-end")
    start, stop, end = _numbers(document, field.value)
    gap = document.content[start:stop]
    contents = _contents(field.value, document.limits)
    if not _is_string(gap) or _decoded(gap) != contents:
        raise _fault("range-gap")
    _check_place(document, field, start, stop)
    revision = revision_that_ends(document, end)
    if revision is None or document.reader.xrefs.get_last_change(field.holder) > revision:
        raise _fault("range-end")
    if revision == document.last and document.content[end:].strip(WHITE):
        raise _fault("range-end")
    return Covered((start, stop), end, revision, contents, revision == document.last)


def _fault(code: str) -> CmsFault:
    return CmsFault(SubIndication.FORMAT_FAILURE, code)


def _numbers(document: Document, value: Any) -> tuple[int, int, int]:
    """Start and stop of the gap and the end of the second part; four numbers inside the file, the first is 0."""
    try:
        numbers = [int(number) for number in value["/ByteRange"]]
    except (KeyError, TypeError, ValueError):
        raise _fault("range-missing") from None
    if len(numbers) != 4 or numbers[0] != 0 or min(numbers) < 0:
        raise _fault("range-shape")
    _, start, stop, length = numbers
    if not start < stop <= stop + length <= len(document.content):
        raise _fault("pdf-encrypted-after" if document.reader.encrypted else "range-outside")
    return start, stop, stop + length


def _contents(value: Any, limits: Limits) -> bytes:
    from pyhanko.pdf_utils import generic

    try:
        raw = value.raw_get("/Contents", decrypt=generic.EncryptedObjAccess.RAW)
    except KeyError:
        raise _fault("contents-missing") from None
    if not isinstance(raw, generic.TextStringObject | generic.ByteStringObject):
        raise _fault("contents-missing")
    contents = bytes(raw.original_bytes)
    if len(contents) > limits.max_contents:
        raise BeyondLimit("max_contents", limits.max_contents)
    if not contents.strip(b"\x00"):
        raise _fault("contents-empty")
    return contents


def _is_string(gap: bytes) -> bool:
    return gap[:1] == b"<" and gap[-1:] == b">" and gap[1:2] != b"<" and all(byte in _HEX for byte in gap[1:-1])


def _decoded(gap: bytes) -> bytes:
    digits = gap[1:-1].translate(None, delete=WHITE)
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))


def _check_place(document: Document, field: Field, start: int, stop: int) -> None:
    """The gap follows the key /Contents inside the object that holds this signature, and not some other string."""
    offset = document.reader.xrefs.get_historical_ref(field.holder, document.last) if field.holder else None
    if not isinstance(offset, int) or not offset < start:
        raise _fault("range-gap")
    before = document.content[offset:start]
    if b"endobj" in before or not before.rstrip(WHITE).endswith(b"/Contents"):
        raise _fault("range-gap")
    if document.content.find(b"endobj", stop) < 0:
        raise _fault("range-gap")
