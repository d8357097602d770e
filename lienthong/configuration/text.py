"""The text of a YAML file: its bytes, its `${NAME}`s, and what is wrong with it in plain words."""

import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from lienthong.errors import Finding

MAX_BYTES = 4_000_000
_VARIABLE = re.compile(r"\$\$\{|\$\{(?P<inside>[^}]*)(?P<end>\}?)")
_NAME = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>.*))?", re.DOTALL)
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_PLAIN_WORDS = (
    ("mapping values are not allowed", "a second `: ` stands where a value should be", "indent, or quote the text"),
    ("expected ',' or ']'", "a list opened with `[` is not closed", "close it with `]`, items separated by commas"),
    ("expected ',' or '}'", "a mapping opened with `{` is not closed", "close it with `}`, pairs separated by commas"),
    ("unexpected end of stream", "a quoted text is not closed", "close it with the same quote it began with"),
    ("document indicator", "a quoted text is not closed", "close it with the same quote it began with"),
    ("could not find expected ':'", "a key without its colon", "write `key: value`"),
    ("expected <document start>", "text where a key was expected", "write `key: value`, and nothing beside it"),
    ("expected '-' indicator", "a key stands among the items of a list", "begin the line with `- `, or move the key"),
    (
        "expected key",
        "this line is not indented like its neighbours",
        "give all keys of one mapping the same indent, and close every quote above",
    ),
    ("cannot start any token", "no value may begin with this character", "put the value in quotes"),
    ("unknown escape", 'a backslash in "double quotes" begins an escape', "use 'single quotes' for this text"),
    ("undefined alias", "an alias (`*name`) refers to nothing", "write `&name` before a value higher up"),
    ("directive", "a line may not begin with `%`", "put the value in quotes"),
    ("block sequence entries are not allowed", "a list begins where a value should be", "begin it on the next line"),
    ("while scanning a block scalar", "the text after `|` or `>` is not indented evenly", "indent all its lines alike"),
)


def read_text(path: Path, file: str, findings: list[Finding]) -> str | None:
    """The text of `path`, or None when it cannot be read as text; why is added to `findings`."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        why = (error.strerror or "unknown reason").lower()
        findings.append(Finding(file, 1, 1, "LT115", f"the file cannot be opened: {why}", "check what it is"))
        return None
    if raw.startswith(b"\xef\xbb\xbf"):
        what, advice = "the file begins with a byte order mark", 'save it as "UTF-8 without BOM"'
        findings.append(Finding(file, 1, 1, "LT107", what, advice))
        raw = raw[3:]
    if len(raw) > MAX_BYTES:
        findings.append(Finding(file, 1, 1, "LT110", "the file is larger than 4 MB", "this is configuration, not data"))
        return None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        where = (before.count("\n") + 1, len(before) - before.rfind("\n"))
        findings.append(Finding(file, *where, "LT106", "this byte is not UTF-8", "save the file as UTF-8"))
        return None
    return _printable(text, file, findings)


def _printable(text: str, file: str, findings: list[Finding]) -> str | None:
    odd = _UNPRINTABLE.search(text)
    if odd is None:
        return text
    before = text[: odd.start()]
    what = f"the invisible character U+{ord(odd[0]):04X} stands here"
    where = (before.count("\n") + 1, len(before) - before.rfind("\n"))
    findings.append(Finding(file, *where, "LT101", what, "remove it"))
    return None


def complain(error: yaml.YAMLError, file: str, text: str) -> Finding:
    """What a parser's error means, where it is, and what to write instead; none of the parser's own words."""
    problem = str(getattr(error, "problem", ""))
    context = str(getattr(error, "context", ""))
    mark = getattr(error, "problem_mark", None)
    if "quoted scalar" in context:
        mark = getattr(error, "context_mark", None) or mark
    lines = re.split("\r\n|[\n\r\x85\u2028\u2029]", text)
    line = min(mark.line if mark else 0, len(lines) - 1)
    column = mark.column if mark else 0
    indent = lines[line][: len(lines[line]) - len(lines[line].lstrip())]
    if "\t" in indent and column <= len(indent):
        what, advice = "a tab stands in the indentation", "indent with spaces: YAML allows no tabs there"
        return Finding(file, line + 1, indent.index("\t") + 1, "LT102", what, advice)
    for words, what, advice in _PLAIN_WORDS:
        if words in problem or words in context:
            return Finding(file, line + 1, column + 1, "LT101", what, advice)
    return Finding(file, line + 1, column + 1, "LT101", "this is not YAML", "compare the line with its neighbours")


def substitute(text: str, variables: Mapping[str, str]) -> tuple[str, list[tuple[str, str, str]]]:
    """`text` with `${NAME}` and `${NAME:-default}` replaced, and its faults. `$${` stands for `${` itself.

    What is put in is not looked at again, and it stays text whatever it looks like.
    """
    faults: list[tuple[str, str, str]] = []

    def put(found: re.Match[str]) -> str:
        if found["inside"] is None:
            return "${"
        written = _NAME.fullmatch(found["inside"]) if found["end"] else None
        if written is None:
            advice = "write ${NAME} or ${NAME:-default}; `$${` stands for `${` itself"
            faults.append(("LT114", f"`{found[0][:40]}` names no variable", advice))
            return ""
        name, default = written["name"], written["default"]
        if variables.get(name) or (name in variables and default is None):
            return variables[name]
        if default is None:
            advice = f"set it, or give it a default: ${{{name}:-default}}"
            faults.append(("LT108", f"the environment variable {name} is not set", advice))
            return ""
        return str(default)

    return _VARIABLE.sub(put, text), faults
