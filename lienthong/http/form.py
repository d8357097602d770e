"""Reads a form (`multipart/form-data`, RFC 7578) with the parts `file` and `metadata`, piece by piece.

The file goes to a draft as it comes. What is wrong with the parts is collected, so that the caller sees it all at once;
what makes it useless to read on is raised at once.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from lienthong.data.files import file_name
from lienthong.http.refusals import body_too_large, form_unreadable, input_invalid, media_type_refused
from lienthong.messages import Message, message
from lienthong.ports import Draft

FILE, METADATA = "file", "metadata"

METADATA_BYTES = 256 * 1024
"""The largest metadata: a hundred times what a document needs."""

HEADER_BYTES, HEADERS = 8 * 1024, 16
"""The longest header of a part, and how many a part may have."""

PARTS = 16
"""Parts that a form may have. There are two names; each fault of more is stated, so their number has an end."""

FORM_BYTES = METADATA_BYTES + 64 * 1024
"""What a form may have beside its file."""

UNKNOWN_TYPE = "application/octet-stream"


class Form:
    """A form that is read. `file_name`, `media_type` and `metadata` hold what came; `draft` the file.

    - `write` reads a piece of the body, and `end` ends it. Both raise `Problem`, and `Transient` as a draft does.
    - `faults` has every fault of the parts: where, and a sentence.
    """

    def __init__(
        self, content_type: str, make_draft: Callable[[], Draft], *, max_bytes: int, media_types: tuple[str, ...]
    ) -> None:
        _, options = parse_options_header(content_type)
        self.draft: Draft | None = None
        self.file_name = ""
        self.media_type = UNKNOWN_TYPE
        self.metadata: bytearray | None = None
        self.faults: list[tuple[str, Message]] = []
        self._make_draft = make_draft
        self._max_bytes = max_bytes
        self._media_types = media_types
        self._headers: dict[str, bytes] = {}
        self._name = self._value = b""
        self._part = ""
        self._size = self._count = 0
        self._is_whole = False
        callbacks: Any = {
            "on_part_begin": self._begin_part,
            "on_header_field": self._add_name,
            "on_header_value": self._add_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._begin_content,
            "on_part_data": self._add_content,
            "on_end": self._end_form,
        }
        try:
            self._parser = MultipartParser(
                options.get(b"boundary", b""), callbacks, max_header_count=HEADERS, max_header_size=HEADER_BYTES
            )
        except FormParserError:
            raise form_unreadable() from None

    def write(self, piece: bytes) -> None:
        try:
            self._parser.write(piece)
        except FormParserError:
            raise form_unreadable() from None

    def end(self) -> None:
        if not self._is_whole:
            raise form_unreadable()
        if self.draft is None:
            self.faults.append((f"/{FILE}", message("the part `{part}` is missing", part=FILE)))

    def discard(self) -> None:
        """Drop the file."""
        if self.draft is not None:
            self.draft.discard()

    def _begin_part(self) -> None:
        self._count += 1
        if self._count > PARTS:
            raise input_invalid(self.faults)
        self._headers, self._name, self._value, self._part = {}, b"", b"", ""

    def _add_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._name.decode("latin-1").strip().lower()] = self._value.strip()
        self._name = self._value = b""

    def _begin_content(self) -> None:
        _, options = parse_options_header(self._headers.get("content-disposition", b""))
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if name == FILE and self.draft is None:
            self.media_type = self._checked_type()
            self.file_name = file_name(_written_name(self._headers["content-disposition"], options))
            self.draft, self._part = self._make_draft(), FILE
        elif name == METADATA and self.metadata is None:
            self.metadata, self._part = bytearray(), METADATA
        else:
            known = name in (FILE, METADATA)
            why = message("the part comes twice") if known else message("there is no such part")
            self.faults.append((f"/{name[:100]}", why))

    def _checked_type(self) -> str:
        written, _ = parse_options_header(self._headers.get("content-type", UNKNOWN_TYPE.encode()))
        found = written.decode("latin-1").strip().lower() or UNKNOWN_TYPE
        if len(found) > 127 or found.count("/") != 1 or not found.isascii() or not found.isprintable() or " " in found:
            found = UNKNOWN_TYPE
        if self._media_types and found not in self._media_types:
            raise media_type_refused(self._media_types)
        return found

    def _add_content(self, data: bytes, start: int, end: int) -> None:
        if self._part == FILE and self.draft is not None:
            self._size += end - start
            if self._size > self._max_bytes:
                raise body_too_large(self._max_bytes)
            self.draft.write(memoryview(data)[start:end])
        elif self._part == METADATA and self.metadata is not None:
            self.metadata += data[start:end]
            if len(self.metadata) > METADATA_BYTES:
                raise body_too_large(METADATA_BYTES)

    def _end_form(self) -> None:
        self._is_whole = True


def _written_name(header: bytes, options: Mapping[bytes, bytes]) -> str:
    """The name of the file: `filename*` (RFC 5987) before `filename`, which browsers write in UTF-8."""
    _, found, rest = header.partition(b"filename*=")
    if found:
        charset, _, quoted = rest.partition(b";")[0].strip().partition(b"'")
        if charset.lower() == b"utf-8":
            return unquote_to_bytes(quoted.partition(b"'")[2]).decode("utf-8", "replace")
    return options.get(b"filename", b"").decode("utf-8", "replace")


def is_form(content_type: str) -> bool:
    """Whether a body is a form, by its media type."""
    return content_type.partition(";")[0].strip().lower() == "multipart/form-data"
