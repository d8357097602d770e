"""Words that must not come back: in names, comments, docstrings, English strings, messages, documents, test names."""

import io
import keyword
import re
import subprocess
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).with_name("words.txt")

PROSE_FILES = {".md", ".yaml", ".toml", ".example", ".template", ".service", ".sql", ".po", ""}
"""Endings of files that are read line by line. Python is read by its tokens."""

NOT_READ = (
    "tests/house/words.txt",  # the list itself
    "tests/house/test_words.py",  # examples of what it finds
    "LICENSE",  # not our words
    "tests/unit/configuration/broken/",  # mistakes on purpose
    "tests/cases/data/",  # what outside systems send
)

PROSE_TOKENS = {tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
"""Tokens that hold sentences. Since Python 3.12 an f-string is several tokens."""

NOT_ENGLISH = re.compile(r"[^\W\da-zA-Z_]")
"""A letter that English does not have: the text is Vietnamese, which has words of its own that look like ours."""

EXCEPTIONS: dict[tuple[str, str], str] = {
    ("lienthong/adapters/sql/migrations/versions/v0002_postgresql.sql", "handed_over"): "a column of the ledger",
    ("lienthong/adapters/sql/migrations/versions/v0002_several_writers.py", "handed_over"): "a column of the ledger",
    ("sandbox/serve.py", "connection_made"): "a method of asyncio's protocols",
    ("lienthong/adapters/sql/schema.py", "handed_over"): "a column, renamed for the code by its key",
    ("tests/contract/test_cursor_check.py", "handed_over"): "a column",
    ("reports/rendering/charts.py", "boxAnchor"): "an attribute of reportlab",
}
"""Names that have to stay, with the reason: (file, name) -> why."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the list."""

    kind: str
    pattern: re.Pattern[str]
    instead: str


@cache
def rules() -> tuple[Rule, ...]:
    lines = [line for line in LIST.read_text("utf-8").splitlines() if line.strip() and not line.startswith("#")]
    return tuple(_rule(line) for line in lines)


def _rule(line: str) -> Rule:
    parts = re.fullmatch(r"(any|text|name|whole|def|file)\s+\| (.+?)\s+\| (.+)", line)
    assert parts, f"not a line of the list: {line}"
    kind, pattern, instead = parts.groups()
    return Rule(kind, re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE), instead)


def in_prose(text: str) -> list[str]:
    """Faults of a text, a line of Vietnamese excepted."""
    text = " ".join(line.strip(" #") for line in text.splitlines() if not NOT_ENGLISH.search(line))
    return [
        f"{found.group()!r}: {rule.instead}"
        for rule in rules()
        if rule.kind in ("any", "text")
        for found in rule.pattern.finditer(text)
    ]


@cache
def in_name(name: str, *, kind: str = "name") -> list[str]:
    """Faults of a name in code; `kind` is "def" or "file" for these. A test's name is a sentence and read as prose."""
    if name.startswith("test_"):
        return in_prose(name.replace("_", " "))
    bare = name.strip("_")
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", bare).replace("_", " ")
    return [
        f"{name!r}: {rule.instead}"
        for rule in rules()
        if (rule.kind in ("any", "name") and rule.pattern.search(parts))
        or (rule.kind in ("whole", kind) and rule.pattern.fullmatch(bare))
    ]


def in_python(source: str) -> Iterator[tuple[int, str]]:
    """Line and fault: names, comments, and strings that hold English sentences."""
    before = ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        faults: list[str] = []
        if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
            faults = in_name(token.string, kind="def" if before == "def" else "name")
        elif token.type in PROSE_TOKENS:
            faults = in_prose(token.string)
        before = token.string
        yield from ((token.start[0], fault) for fault in faults)


def in_lines(text: str) -> Iterator[tuple[int, str]]:
    """Line and fault of a document, paragraph by paragraph, so that an expression may reach over a line's end."""
    number = 1
    for paragraph in re.split(r"(\n\s*\n)", text):
        yield from ((number, fault) for fault in in_prose(paragraph))
        number += paragraph.count("\n")


def files() -> list[str]:
    """What git knows, or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [name for name in listed if not name.startswith(NOT_READ) and (ROOT / name).is_file()]


def faults_of(name: str) -> list[str]:
    path = ROOT / name
    modules = [f"{name}: module {fault}" for fault in in_name(path.stem, kind="file")]
    if path.suffix == ".py":
        found = in_python(path.read_text("utf-8"))
    elif path.suffix in PROSE_FILES:
        found = in_lines(path.read_text("utf-8"))
    else:
        return modules
    return modules + [
        f"{name}:{line}: {fault}"
        for line, fault in found
        if (name, fault.partition(":")[0].strip("'")) not in EXCEPTIONS
    ]


def test_no_file_has_a_word_that_must_not_come_back() -> None:
    assert [fault for name in files() for fault in faults_of(name)] == []


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("told = 1", 1),
        ("twice_told = TOLD = ToldTwice = _told = 1", 4),
        ("untold = 1", 0),
        ("own = owner.own_queue", 1),
        ("x = 1  # Somebody waits.", 1),
        ('"""The order of\n\nwhoever asks."""', 1),
        ('why = "the event is handed\\nover"', 0),
        ('why = "nobody knows"', 1),
        ('why = "đã nhận, told"', 0),
        ("def test_whoever_comes_first_is_served() -> None: ...", 1),
        ("def make_report() -> None: ...", 0),
        ("def shown() -> None: ...", 1),
        ("shown = 3", 0),
        ("made = make_report()", 1),
    ],
)
def test_names_comments_and_strings_of_python_are_read(source: str, count: int) -> None:
    assert len(list(in_python(source + "\n"))) == count


def test_an_expression_is_found_over_the_end_of_a_line_and_its_line_is_named() -> None:
    assert [line for line, _ in in_lines("One.\n\nThen it is handed\nover.\n")] == [3]
    assert [line for line, _ in in_lines("One.\n\nThen it is handed\n\nover.\n")] == []


def test_every_exception_is_still_needed() -> None:
    used = {(name, word) for name, word in EXCEPTIONS if word in (ROOT / name).read_text("utf-8")}
    assert used == set(EXCEPTIONS)
