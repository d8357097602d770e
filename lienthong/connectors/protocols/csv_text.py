"""The text of a CSV file as lines. A byte that is not of its encoding costs its own line, if the others are sound."""

import io
from collections.abc import Callable, Mapping
from typing import NamedTuple, NoReturn

from lienthong.connectors.protocols.table_rows import Unreadable
from lienthong.messages import message

_UTF_8 = frozenset({"utf-8", "utf8", "utf_8"})
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_FEW = 3
"""Lines with a byte of another encoding up to this number are their own faults each, whatever the others are."""

_SOME_TEXT = 4096
"""Bytes at the beginning of a file in which zero bytes show that it is UTF-16 without a mark, or no text."""


class Text(NamedTuple):
    """Lines that keep their ends, and the reasons of those that cannot be read, by index."""

    lines: list[str]
    faults: Mapping[int, str]


def lines_of(content: bytes, encoding: str = "utf-8") -> Text:
    """Decode a file. Raises `Unreadable`, which states what the content is and what to do."""
    _refuse_workbooks(content)
    if encoding.casefold() not in _UTF_8:
        return _of_named(content, encoding)
    if content.startswith(_UTF_16_MARKS) or content[:_SOME_TEXT].count(0) * 4 > len(content[:_SOME_TEXT]):
        advice = message("The text is not UTF-8 but UTF-16 (“Unicode text”): save it as “CSV UTF-8” or as .xlsx")
        raise Unreadable(advice)
    try:
        return _with_zeros_refused(content.decode())
    except UnicodeDecodeError:
        return _by_line(content, "utf-8", _refuse_as_no_utf_8)


def _of_named(content: bytes, encoding: str) -> Text:
    """A text of the encoding that the configuration names."""
    try:
        return _with_zeros_refused(content.decode(encoding))
    except UnicodeError:
        pass

    def refuse(line: int, byte: str) -> NoReturn:
        facts = {"encoding": encoding.upper(), "line": line, "byte": byte}
        why = message(
            "The text is not {encoding}, which the configuration names (line {line} has the byte {byte}): correct "
            "`encoding` there, or save the file as “CSV UTF-8” or as .xlsx and leave `encoding` out",
            **facts,
        )
        raise Unreadable(why)

    if "a\n".encode(encoding) != b"a\n":  # its lines cannot be found without reading it
        refuse(1, f"0x{content[0]:02X}")
    return _by_line(content, encoding, refuse)


def _by_line(content: bytes, encoding: str, refuse: Callable[[int, str], NoReturn]) -> Text:
    """Lines of a text of which some bytes are not of its encoding: they are faults, if few are, or most are sound.

    `refuse` is called with the first such line, and its byte, for a text that is of another encoding as a whole.
    """
    lines = list(io.StringIO(content.decode(encoding, "surrogateescape").removeprefix("\ufeff"), newline=""))
    broken = {at: byte for at, line in enumerate(lines) if (byte := _stray_byte(line))}
    accented = sum(not line.isascii() for line in lines)
    if 0 in broken or (len(broken) > _FEW and len(broken) * 2 > accented):
        refuse(min(broken) + 1, broken[min(broken)])
    name = encoding.upper()
    faults: dict[int, str] = {
        at: message("Line {line} has the byte {byte}, which is not {encoding}", line=at + 1, byte=byte, encoding=name)
        for at, byte in broken.items()
    }
    return Text(lines, faults | _zeros(lines))


def _refuse_as_no_utf_8(line: int, byte: str) -> NoReturn:
    why = message(
        "The text is not UTF-8 (line {line} has the byte {byte}), maybe an older encoding such as Windows-1258: "
        "save it as “CSV UTF-8” or as .xlsx",
        line=line,
        byte=byte,
    )
    raise Unreadable(why)


def _with_zeros_refused(text: str) -> Text:
    # A byte order mark is no part of the first column's name.
    lines = list(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    return Text(lines, _zeros(lines) if "\x00" in text else {})


def _zeros(lines: list[str]) -> dict[int, str]:
    return {
        at: message("Line {line} contains a zero byte (NUL)", line=at + 1)
        for at, line in enumerate(lines)
        if "\x00" in line
    }


def _stray_byte(line: str) -> str:
    """The first byte of a line that was not UTF-8, as 0xD0; "" when there is none."""
    return next((f"0x{ord(sign) - 0xDC00:02X}" for sign in line if "\udc80" <= sign <= "\udcff"), "")


def _refuse_workbooks(content: bytes) -> None:
    if content.startswith(b"PK\x03\x04"):
        raise Unreadable(
            message("It is a workbook or an archive, not CSV: give it the ending .xlsx, or save it as .csv")
        )
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(message("It is an old workbook, not CSV: save it as .xlsx or .csv"))
