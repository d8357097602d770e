"""Workbooks written by hand, with what no library writes."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
DAY_STYLE = 1
"""The style of a cell that is a day."""

Parts = Mapping[str, str | bytes]


def cell(reference: str, value: object) -> str:
    """A cell with a text or a number."""
    if isinstance(value, str):
        return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{reference}"><v>{value}</v></c>'


def row(number: int, *cells: str | float) -> str:
    """A row of texts and numbers; a text that begins with `<c` is a cell already."""
    written = (
        value if isinstance(value, str) and value.startswith("<c") else cell(f"{chr(65 + at)}{number}", value)
        for at, value in enumerate(cells)
    )
    return f'<row r="{number}">{"".join(written)}</row>'


def workbook(
    *sheets: str, states: Sequence[str] = (), behind: str = "", date1904: bool = False, parts: Parts | None = None
) -> bytes:
    """A workbook of sheets named Sheet1, …; each is the XML of its rows. `behind` stands behind the rows of each."""
    names = range(1, len(sheets) + 1)
    shown = dict(zip(names, states, strict=False))
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{TYPES}.worksheet+xml"/>' for n in names
    )
    listed = "".join(
        f'<sheet name="Sheet{n}" sheetId="{n}" state="{shown.get(n, "visible")}" r:id="rId{n}"/>' for n in names
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in names
    )
    packages = "http://schemas.openxmlformats.org/package/2006"
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{packages}/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>{overrides}'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{TYPES}.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{packages}/relationships"><Relationship Id="rId1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
        f'<workbookPr date1904="{int(date1904)}"/><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{packages}/relationships">{related}</Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs><xf/><xf numFmtId="14"/></cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>shared</t></si></sst>',
        **{
            f"xl/worksheets/sheet{n}.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>'
            f"{behind}</worksheet>"
            for n, rows in zip(names, sheets, strict=True)
        },
        **(parts or {}),
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()
