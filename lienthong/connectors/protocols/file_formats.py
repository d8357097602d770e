"""The formats in which files carry records, and how each is cut into records."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath
from typing import Any, Literal, NamedTuple

from lienthong.connectors.protocols.file_notices import FileNotices
from lienthong.connectors.protocols.json_names import Doubled
from lienthong.connectors.protocols.json_text import read_json
from lienthong.connectors.protocols.table_rows import Element, Unreadable
from lienthong.connectors.protocols.tables import Columns, read_rows
from lienthong.connectors.protocols.xml_records import xml_records
from lienthong.messages import message

Format = Literal["csv", "xlsx", "json", "jsonl", "xml"]

_BY_SUFFIX: Mapping[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".xlsx": "xlsx",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".xml": "xml",
}


_TEXT_KEPT = 2**16
"""Characters of a broken line that are kept."""


class Settings(NamedTuple):
    """How files are read; see `Files`."""

    columns: Columns
    separator: str | None
    encoding: str
    row_limit: int
    records: Callable[[Any], Any]
    element: str | None
    lists: frozenset[str]


def format_of(name: str) -> Format:
    """The format that the end of a name stands for. Raises `Unreadable`."""
    suffix = PurePath(name).suffix.casefold()
    if suffix not in _BY_SUFFIX:
        known = ", ".join(_BY_SUFFIX)
        raise Unreadable(message("Files of this kind are not read; save it as one of {known}", known=known))
    return _BY_SUFFIX[suffix]


def elements(content: bytes, kind: Format, settings: Settings, tell: FileNotices) -> Iterator[Element]:
    """Yield the records of a file in their order. Raises `Unreadable`, maybe after some records."""
    match kind:
        case "json":
            yield from _of_json(content, settings)
        case "jsonl":
            yield from _of_lines(content)
        case "xml":
            yield from _of_xml(content, settings)
        case _:
            rows = read_rows(
                content,
                settings.columns,
                is_xlsx=kind == "xlsx",
                tell=tell,
                separator=settings.separator,
                encoding=settings.encoding,
                row_limit=settings.row_limit,
            )
            yield from (Element(row.kept if row.fault else row.body, row.place, row.fault) for row in rows)


def _of_json(content: bytes, settings: Settings) -> Iterator[Element]:
    try:
        found = settings.records(read_json(content))
    except Doubled as doubled:
        raise Unreadable(doubled.args[0]) from None
    except ValueError:
        raise Unreadable(message("It is not JSON")) from None
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list):
        raise Unreadable(message("There is no list at the path `records`"))
    yield from (Element(value, {"record": number}) for number, value in enumerate(found, 1))


def _of_lines(content: bytes) -> Iterator[Element]:
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip():
            place = {"line": number}
            try:
                yield Element(read_json(line), place)
            except Doubled as doubled:
                yield Element(_text(line), place, doubled.args[0])
            except ValueError:
                yield Element(_text(line), place, message("Line {line} is not JSON", line=number))


def _text(line: bytes) -> str:
    return line.decode(errors="replace").strip()[:_TEXT_KEPT]


def _of_xml(content: bytes, settings: Settings) -> Iterator[Element]:
    if settings.element is None:
        raise Unreadable(message("Write into `element` which XML element is a record"))
    found = False
    for element in xml_records(content, settings.element, settings.lists):
        found = True
        yield element
    if not found:
        raise Unreadable(message("There is no element `{element}`", element=settings.element))
