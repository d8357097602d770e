"""The text of a YAML file, and what the parser's errors about it mean."""

import re
from collections.abc import Iterable
from pathlib import Path

import yaml

from lienthong.configuration.faults import Fault
from lienthong.errors import Finding
from lienthong.messages import message, msgid

MAX_BYTES = 4_000_000
"""Bytes of a file at most."""

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")

_MEANINGS: Iterable[tuple[str, str, str]] = (
    (
        "mapping values are not allowed",
        msgid("a second `: ` stands where a value should be"),
        msgid("indent, or quote the text"),
    ),
    (
        "expected ',' or ']'",
        msgid("a list opened with `[` is not closed"),
        msgid("close it with `]`, items separated by commas"),
    ),
    (
        "expected ',' or '}'",
        msgid("a mapping opened with `{` is not closed"),
        msgid("close it with `}`, pairs separated by commas"),
    ),
    (
        "unexpected end of stream",
        msgid("a quoted text is not closed"),
        msgid("close it with the same quote that opens it"),
    ),
    ("document indicator", msgid("a quoted text is not closed"), msgid("close it with the same quote that opens it")),
    ("could not find expected ':'", msgid("a key without its colon"), msgid("write `key: value`")),
    (
        "expected <document start>",
        msgid("text where a key was expected"),
        msgid("write `key: value`, and nothing beside it"),
    ),
    (
        "expected '-' indicator",
        msgid("a key stands among the items of a list"),
        msgid("begin the line with `- `, or move the key"),
    ),
    (
        "expected key",
        msgid("this line is not indented like its neighbours"),
        msgid("give all keys of one mapping the same indent, and close every quote above"),
    ),
    (
        "cannot start any token",
        msgid("no value may begin with this character"),
        msgid("put the value in quotes"),
    ),
    (
        "unknown escape",
        msgid('a backslash in "double quotes" begins an escape'),
        msgid("use 'single quotes' for this text"),
    ),
    (
        "undefined alias",
        msgid("an alias (`*name`) refers to nothing"),
        msgid("write `&name` before a value higher up"),
    ),
    ("directive", msgid("a line may not begin with `%`"), msgid("put the value in quotes")),
    (
        "block sequence entries are not allowed",
        msgid("a list begins where a value should be"),
        msgid("begin it on the next line"),
    ),
    (
        "while scanning a block scalar",
        msgid("the text after `|` or `>` is not indented evenly"),
        msgid("indent all its lines alike"),
    ),
)
"""Words of the parser, what they mean, and what to write instead."""


def read_text(path: Path, file: str, findings: list[Finding]) -> str | None:
    """The text of `path`, or None when it cannot be read as text; the reason is added to `findings`."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        findings.append(_cannot_open(error).at(file))
        return None
    if raw.startswith(b"\xef\xbb\xbf"):
        findings.append(Fault("LT107", message("the file begins with a byte order mark")).at(file))
        raw = raw[3:]
    if len(raw) > MAX_BYTES:
        what, advice = message("the file is larger than 4 MB"), message("keep data elsewhere: this is configuration")
        findings.append(Fault("LT110", what, advice).at(file))
        return None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        place = _end_of(raw[: error.start].decode("utf-8"))
        findings.append(Fault("LT106", message("this byte is not UTF-8")).at(file, *place))
        return None
    return _printable(text, file, findings)


def _cannot_open(error: OSError) -> Fault:
    match error:
        case IsADirectoryError():
            what = message("this is a folder, not a file")
        case FileNotFoundError():
            what = message("this is a link to a file that does not exist")
        case PermissionError():
            what = message("this account may not read the file")
        case _:
            what = message("the file cannot be opened ({error})", error=type(error).__name__)
    return Fault("LT115", what)


def _end_of(text: str) -> tuple[int, int]:
    """The line and column, from 1, that follow `text`."""
    return text.count("\n") + 1, len(text) - text.rfind("\n")


def _printable(text: str, file: str, findings: list[Finding]) -> str | None:
    found = _UNPRINTABLE.search(text)
    if found is None:
        return text
    what = message("there is an invisible character here, U+{number:04X}", number=ord(found[0]))
    findings.append(Fault("LT101", what, message("remove it")).at(file, *_end_of(text[: found.start()])))
    return None


def parser_finding(error: yaml.YAMLError, file: str, text: str) -> Finding:
    """What a parser's error means, where it is, and what to write instead; none of the parser's own words."""
    problem = str(getattr(error, "problem", ""))
    context = str(getattr(error, "context", ""))
    mark = getattr(error, "problem_mark", None)
    if "quoted scalar" in context:
        mark = getattr(error, "context_mark", None) or mark
    lines = _LINE_BREAK.split(text)
    line = min(mark.line if mark else 0, len(lines) - 1)
    column = mark.column if mark else 0
    indent = lines[line][: len(lines[line]) - len(lines[line].lstrip())]
    if "\t" in indent and column <= len(indent):
        return Fault("LT102", message("there is a tab in the indentation")).at(file, line + 1, indent.index("\t") + 1)
    return _syntax_fault(problem, context).at(file, line + 1, column + 1)


def _syntax_fault(problem: str, context: str) -> Fault:
    for words, what, advice in _MEANINGS:
        if words in problem or words in context:
            return Fault("LT101", message(what), message(advice))
    return Fault("LT101", message("this is not YAML"), message("compare the line with its neighbours"))
