"""A PDF opened for judging: its revisions, within limits. pyHanko reads the structure."""

import logging
import re
from io import BytesIO
from typing import Any

from lienthong.signatures.cms import CmsFault
from lienthong.signatures.limits import BeyondLimit, Limits
from lienthong.signatures.verdict import SubIndication

logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)

WHITE = b"\x00\t\n\x0c\r "
"""White space of PDF (ISO 32000-2, 7.2.3)."""

_END = re.compile(rb"startxref[\x00\t\n\x0c\r ]+([0-9]{1,12})[\x00\t\n\x0c\r ]+%%EOF[\r\n ]{0,4}\Z")

_TRAILER_KEYS = [re.compile(rb"/" + key + rb"(?![A-Za-z0-9])") for key in (b"Root", b"Prev", b"Size", b"XRefStm")]
_LONG_STRING = re.compile(rb"<[0-9A-Fa-f\x00\t\n\x0c\r ]{65536,}+")


class Document:
    """A PDF. `reader` is pyHanko's; `last` the number of the last revision, the first one is 0."""

    def __init__(self, content: bytes, limits: Limits) -> None:
        from pyhanko.pdf_utils.reader import PdfFileReader

        self.content = content
        self.limits = limits
        _refuse_excess(content, limits)
        # Hybrid-reference files, which word processors write, are refused by the strict mode.
        self.reader: Any = PdfFileReader(BytesIO(content), strict=False)
        self._open_encrypted()
        sections = [self.section(revision) for revision in range(self.reader.xrefs.total_revisions)]
        named = sum(len(self.reader.xrefs.explicit_refs_in_revision(revision)) for revision in range(len(sections)))
        if named > limits.max_objects:
            raise BeyondLimit("max_objects", limits.max_objects)
        self.last = len(sections) - 1
        self.ends_well = self._ends_well(max(section.end_location for section in sections))

    def section(self, revision: int) -> Any:
        """Where the cross-reference section of a revision lies."""
        return self.reader.xrefs.get_xref_container_info(revision)

    def at(self, revision: int) -> Any:
        """The document as it was at a revision."""
        return self.reader.get_historical_resolver(revision)

    def plain_tables(self, revision: int) -> bool:
        """Whether the trailer of a revision states each of its keys once: readers differ in which one they take."""
        section = self.section(revision)
        if section.stream_ref is None or section.xref_section_type.name == "HYBRID_MAIN":
            begin, mark = section.end_location, b"startxref"
        else:
            begin, mark = section.start_location, b"stream"
        trailer = self.content[begin : self.content.find(mark, begin)]
        return all(len(key.findall(trailer)) <= 1 for key in _TRAILER_KEYS)

    def _open_encrypted(self) -> None:
        """Files that open without a password are read; of others nothing can be known."""
        from pyhanko.pdf_utils.crypt import AuthStatus

        if not self.reader.encrypted:
            return
        try:
            opened = self.reader.decrypt("").status is not AuthStatus.FAILED
        except Exception:  # noqa: BLE001 - a handler that pyHanko does not know, or broken parameters
            opened = False
        if not opened:
            raise CmsFault(SubIndication.FORMAT_FAILURE, "pdf-encrypted")

    def _ends_well(self, tables_end: int) -> bool:
        """ISO 32000-2, 7.5.5: the last line is %%EOF. Objects after it are in no table, and viewers may find them."""
        marker = self.content.find(b"%%EOF", tables_end)
        return marker >= 0 and not self.content[marker + 5 :].strip(WHITE)


def _refuse_excess(content: bytes, limits: Limits) -> None:
    """What would take the parser too long is seen in the bytes before it runs."""
    if content.count(b"startxref") > limits.max_revisions:
        raise BeyondLimit("max_revisions", limits.max_revisions)
    if content.count(b"/ByteRange") > 2 * limits.max_signatures:
        raise BeyondLimit("max_signatures", limits.max_signatures)
    for string in _LONG_STRING.finditer(content):
        if string.end() - string.start() > 2 * limits.max_contents + 2:
            raise BeyondLimit("max_contents", limits.max_contents)


def revision_that_ends(document: Document, end: int) -> int | None:
    """The revision whose last byte is the one before `end`: its `startxref` is there, and its tables lie before it."""
    found = _END.search(document.content[max(0, end - 64) : end])
    if found is None:
        return None
    offset = int(found[1])
    for revision in range(document.last, -1, -1):
        section = document.section(revision)
        if offset in (section.declared_startxref, section.start_location):
            before = all(document.section(number).end_location <= end for number in range(revision + 1))
            after = all(
                document.section(number).start_location >= end for number in range(revision + 1, document.last + 1)
            )
            return revision if before and after else None
    return None
