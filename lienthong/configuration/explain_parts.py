"""What the explanations of routes, sinks and origins have in common."""

import inspect
from dataclasses import dataclass

from lienthong.configuration.faults import Mismatch
from lienthong.configuration.names import resolve
from lienthong.messages import Message, message, reader_language
from lienthong.settings import PartSettings, Settings


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `label` is its subject; empty where it goes on with the line above."""

    label: str
    text: str


def labelled(label: str, texts: list[str]) -> list[Line]:
    return [Line("" if number else label, text) for number, text in enumerate(texts)]


def absent(kind: str, name: str, settings: Settings) -> Message:
    if name in settings.disabled.get(kind, ()):
        return message("`{name}` (disabled)", name=name)
    return message("`{name}` (unknown)", name=name)


def with_purpose(text: str, part: PartSettings) -> str:
    """`text` with the description of the part; without one, with the docstring of its class."""
    return f"{text}: {part.description}" if part.description else with_docstring(text, part.use)


def with_docstring(text: str, dotted: str) -> str:
    """`text` with the first line of a docstring, for readers of English; for all readers, that the name is unknown."""
    try:
        docstring = inspect.getdoc(resolve(dotted))
    except Mismatch:
        return message("{text} (unknown)", text=text)
    first_line = (docstring or "").partition("\n")[0].rstrip(".")
    return f"{text}: {first_line}" if first_line and reader_language() == "en" else text
