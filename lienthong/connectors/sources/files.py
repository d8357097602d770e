"""A source that reads files put into a folder, configured by YAML alone."""

import codecs
import hashlib
from collections.abc import Iterator
from datetime import timedelta
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from lienthong.connectors.protocols.claims import Claim, ClaimedFolder
from lienthong.connectors.protocols.file_formats import Format, Settings, elements, format_of
from lienthong.connectors.protocols.file_notices import FileNotices
from lienthong.connectors.protocols.folders import read_file
from lienthong.connectors.protocols.paths import JmesPath, path_function
from lienthong.connectors.protocols.records import PageSize, kept_of, sound_record, unreadable_record
from lienthong.connectors.protocols.shapes import Text, refusal
from lienthong.connectors.protocols.table_rows import Element, Unreadable
from lienthong.connectors.protocols.tables import Columns
from lienthong.connectors.protocols.xlsx_rows import ROW_LIMIT
from lienthong.errors import Transient
from lienthong.messages import in_ledger_language, message
from lienthong.ports import Cursor, Page, Record, Site

_Limit = Annotated[int, Field(ge=1)]
_SEPARATORS = {"tab": "\t"}


def _encoding(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError:
        advice = message("write an encoding such as utf-8, utf-16 or cp1258")
        raise refusal(advice) from None
    return name


class Files:
    """Reads the files of a folder in order of name: CSV, XLSX, JSON, JSON Lines and XML.

    ```yaml
    use: lienthong.connectors.sources.files.Files
    every: 60s
    with:
      folder: /srv/letters
      pattern: "*.csv"
      type: letter.seen
      key: '"Số hiệu"'
      header: [Số hiệu, Ngày đến]
    ```

    - `folder`, `pattern`: which files; hidden files and folders are left out, others are named once. A file changed
      within `settle` may still be being written and waits for the next poll.
    - A file is claimed before it is read (see `protocols/claims.py`), so two processes never read one file. It is moved
      to `done` at the poll after the one that read it, when its records are surely in the ledger. A file that cannot be
      read stops no other: it is moved to `failed` beside a `.reason.txt`, and the poll names it and raises `Transient`.
      `claimed`, `done` and `failed` are made in the folder where they are not configured.
    - `format`: by the end of the name unless given. `key`: JMESPath to the natural key in a record; a list of values is
      joined with "/".
    - Tables (CSV, XLSX): the header is the first row, within the first 20, that contains the columns `header`; without
      these, the first row that is not empty. Values are text, days and moments in ISO 8601, empty cells null; cells
      without a column are in `extra_cells`. `separator` is found out, `encoding` is that of CSV. A row of CSV with more
      or fewer cells than the header, an error cell such as #N/A, and a formula without a stored value cannot be read.
      Hidden sheets are not read, and the value of merged cells belongs to the first: the site's notices name them.
    - JSON: `records` is the JMESPath to the list of records; an object there is one record.
    - XML: `element` is the name of the elements that are records. Attributes become `@name`, text beside them `#text`,
      repeated elements a list; name those that are always lists in `lists`. A fault within a record costs that record,
      if the tags of the records are in pairs.
    - A row, line or record that cannot be read is a dead letter with the reason, the file and the line, and with what
      stands there; the others are read.
    - Limits: `size_limit` bytes of a file and `row_limit` rows of a sheet (memory), `file_limit` files a poll (the
      cursor names them), `page_size` records a page.

    The cursor is `{"read": {token: reason}}`: the claims that were read and are not filed away yet.
    """

    def __init__(
        self,
        site: Site,
        *,
        folder: Path,
        type: Text,  # noqa: A002 - the word of the events it makes
        key: JmesPath,
        pattern: Text = "*",
        format: Format | None = None,  # noqa: A002 - the word of the files it reads
        done: Path | None = None,
        failed: Path | None = None,
        settle: timedelta = timedelta(seconds=10),
        header: tuple[Text, ...] = (),
        separator: Literal[",", ";", "|", "tab"] | None = None,
        encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8",
        records: JmesPath = "@",
        element: Text | None = None,
        lists: tuple[Text, ...] = (),
        page_size: PageSize = 500,
        size_limit: _Limit = 64 * 2**20,
        row_limit: _Limit = ROW_LIMIT,
        file_limit: _Limit = 200,
    ) -> None:
        self._folder = ClaimedFolder(
            folder,
            done=done or folder / "done",
            failed=failed or folder / "failed",
            is_wanted=lambda name: fnmatchcase(name, pattern),
            settle=settle,
            clock=site.clock,
            ignored=self._tell_ignored,
        )
        self._notices = site.notices
        self._pattern = pattern
        self._type = type
        self._key = path_function(key)
        self._format = format
        self._settings = Settings(
            columns=Columns(required=header),
            separator=_SEPARATORS.get(separator or "", separator),
            encoding=encoding,
            row_limit=row_limit,
            records=path_function(records),
            element=element,
            lists=frozenset(lists),
        )
        self._page_size = page_size
        self._size_limit = size_limit
        self._file_limit = file_limit

    def poll(self, cursor: Cursor) -> Iterator[Page]:
        """File away what was read before, then read. An empty page ends each file; its cursor contains the file."""
        recorded: dict[str, str] = dict(cursor.get("read", {}))
        read, faults = self._file_away(recorded)
        for claim in self._folder.claims(recorded, self._file_limit):
            reason = ""
            try:
                yield from self._pages(claim, {"read": dict(read)})
            except Unreadable as fault:
                faults.append(f"{claim.path.name} ({fault})")
                reason = in_ledger_language(fault.args[0])
            read[claim.token] = reason
            yield Page((), {"read": dict(read)})
        if faults:
            raise Transient(message("Files that could not be read: {files}", files="; ".join(faults)))

    def _file_away(self, recorded: dict[str, str]) -> tuple[dict[str, str], list[str]]:
        """Move the files of recorded claims. Returns those that stay for the next poll, and why they do."""
        staying, faults = {}, []
        for token in self._folder.tokens():
            if token in recorded:
                try:
                    self._folder.file_away(token, recorded[token])
                except Unreadable as fault:
                    staying[token] = recorded[token]
                    faults.append(f"{token} ({fault})")
        return staying, faults

    def _pages(self, claim: Claim, cursor: Cursor) -> Iterator[Page]:
        content = read_file(claim.path, self._size_limit)
        kind = self._format or format_of(claim.path.name)
        found = elements(content, kind, self._settings, FileNotices(self._notices, claim.path.name))
        # The digest tells two files of one name apart: a fault at the same place of another file is another event.
        place = {"file": claim.path.name, "digest": hashlib.sha256(content).hexdigest()[:12]}
        while records := [self._record(element, place) for element in islice(found, self._page_size)]:
            yield Page(records, cursor)

    def _tell_ignored(self, name: str, is_file: bool) -> None:
        notices = FileNotices(self._notices, name)
        if is_file:
            notices.unwanted(self._pattern)
        else:
            notices.no_file()

    def _record(self, element: Element, place: dict[str, str]) -> Record:
        there: dict[str, Any] = {**place, **element.place}
        if element.fault:
            return unreadable_record(self._type, element.fault, kept=kept_of(element.value), **there)
        return sound_record(self._type, element.value, self._key, **there)
