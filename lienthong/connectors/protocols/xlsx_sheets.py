"""The sheets of an XLSX workbook as streams of rows. openpyxl reads styles, dates and cells; this bounds it.

Its own reader waits for every row below a row number, keeps every text without a bound, and reads a formula without a
stored value as an empty cell.
"""

import warnings
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.escape import unescape
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from lienthong.connectors.protocols.table_rows import ErrorCell, FormulaCell, RawRow
from lienthong.connectors.protocols.xlsx_bounds import Bounded, Bounds

# A date beyond the calendar is read as an error cell, and named as one.
warnings.filterwarnings("ignore", module="openpyxl")

_ROW, _SHEET_DATA, _MERGED, _STRING, _TEXT, _PHONETIC, _FORMULA, _VALUE = (
    f"{{{SHEET_MAIN_NS}}}{name}" for name in ("row", "sheetData", "mergeCell", "si", "t", "rPh", "f", "v")
)


class Workbook:
    """The sheets of a workbook, in their order. Raises whatever the parsers raise for a damaged one."""

    def __init__(self, archive: zipfile.ZipFile, bounds: Bounds) -> None:
        # Its own `read` would also read every text without a bound, and properties that may be damaged.
        reader = ExcelReader(archive.fp, read_only=True, data_only=True, keep_links=False)
        reader.read_manifest()
        reader.read_workbook()
        apply_stylesheet(archive, reader.wb)
        texts = reader.package.find(SHARED_STRINGS)
        strings = _strings(archive, texts.PartName[1:], bounds) if texts is not None else ()
        self.sheets = [
            Sheet(archive, relation.target, sheet, book=reader.wb, strings=strings, bounds=bounds)
            for sheet, relation in reader.parser.find_sheets()
            if relation.target in reader.valid_files and "chartsheet" not in relation.Type
        ]


class Sheet:
    """One sheet. `merged` counts its groups of merged cells once its rows were read."""

    def __init__(
        self,
        archive: zipfile.ZipFile,
        part: str,
        sheet: Any,
        *,
        book: Any,
        strings: Sequence[str],
        bounds: Bounds,
    ) -> None:
        self.title, self.state, self.merged = str(sheet.name), str(sheet.state), 0
        self._archive, self._part, self._bounds = archive, part, bounds
        self._cells = WorkSheetParser(
            None,
            strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )

    def rows(self) -> Iterator[RawRow]:
        """Yield the rows that have cells, by their numbers."""
        with self._archive.open(self._part) as part:
            source = Bounded(part, self._bounds)
            for element in _elements(source, _ROW, _MERGED, _SHEET_DATA):
                if element.tag == _ROW:
                    row = self._row(element)
                    _forget(element)
                    if row.cells:
                        self._bounds.pause()
                        yield row
                        self._bounds.go_on()
                elif element.tag == _MERGED:
                    self.merged += 1
                    _forget(element)

    def _row(self, element: Any) -> RawRow:
        number = int(element.get("r") or self._cells.row_counter + 1)
        self._bounds.check_row(number)
        self._cells.row_counter, self._cells.col_counter = number, 0
        cells: list[object] = []
        for cell in element:
            column, value = self._cell(cell)
            if value is not None:
                cells += [None] * (column - len(cells))
                cells[column - 1] = value
        self._bounds.count_cells(max(len(element), len(cells)))
        return RawRow(cells, {"sheet": self.title, "row": number})

    def _cell(self, cell: Any) -> tuple[int, object]:
        found = self._cells.parse_cell(cell)
        column, value = found["column"], found["value"]
        self._bounds.check_column(column)
        if found["data_type"] == "e":
            return column, ErrorCell(value or "#")
        if value is None and len(cell) and _lacks_value(cell):
            return column, FormulaCell()
        # `_x000D_` stands for a character that XML cannot contain, here a carriage return.
        return column, unescape(value) if isinstance(value, str) and "_x" in value else value


def _lacks_value(cell: Any) -> bool:
    """Whether an empty cell has a formula without a stored value. One that gives an empty text has a value."""
    return cell.find(_FORMULA) is not None and not (cell.get("t") == "str" and cell.find(_VALUE) is not None)


def _strings(archive: zipfile.ZipFile, name: str, bounds: Bounds) -> list[str]:
    """The texts that cells refer to by their place. Furigana (phonetic readings) are no part of a text."""
    strings: list[str] = []
    with archive.open(name) as part:
        for element in _elements(Bounded(part, bounds), _STRING):
            strings.append(_text(element))
            bounds.check_strings(len(strings))
            _forget(element)
    return strings


def _text(element: Any) -> str:
    if len(element) == 1 and element[0].tag == _TEXT:
        return element[0].text or ""
    texts = (text.text for text in element.iter(_TEXT) if text.getparent().tag != _PHONETIC)
    return "".join(filter(None, texts))


def _elements(source: Bounded, *tags: str) -> Iterator[Any]:
    """Yield complete elements. A DTD, deep nesting and texts above 10 MB are refused by the parser."""
    for _, element in etree.iterparse(
        source,
        tag=tags,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    ):
        yield element
        source.mark()


def _forget(element: Any) -> None:
    """Free the memory of an element and of those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
