"""The register of civil servants (CCVC) as CSV or XLSX exports in a folder.

A real CCVC will probably deliver files before it has an interface. The header holds the names of the wire fields
(ASSUMED). Each row becomes the record that the change feed would contain.
"""

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from connectors.protocols.records import CCVC_RECORD, ccvc_record
from lienthong import Cursor, Page, Record, Site, Transient
from lienthong.connectors.protocols.file_notices import FileNotices
from lienthong.connectors.protocols.folders import read_file, settled_files
from lienthong.connectors.protocols.records import kept_of, unreadable_record
from lienthong.connectors.protocols.tables import Columns, Row, Unreadable, iso_text, read_rows

_KINDS = (".csv", ".xlsx")
_INSTANTS = frozenset({"capNhatLuc"})
"""Columns that contain a moment, not a day."""


def _wire_text(column: str, value: object) -> str | None:
    """A cell as the feed would contain it: `yyyyMMdd` for days, `yyyyMMddHHmmss` for moments."""
    if isinstance(value, datetime | date):
        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
        return f"{moment:%Y%m%d%H%M%S}" if column in _INSTANTS or moment.time() != time() else f"{moment:%Y%m%d}"
    return iso_text(column, value)


_COLUMNS = Columns(
    (
        "soHieuCBCCVC", "soDinhDanh", "soCMND", "hoVaTen", "ngaySinh", "gioiTinh", "loai", "maDonVi", "tenDonVi",
        "chucVu", "maNgach", "trangThai", "ngayBatDau", "ngayKetThuc", "capNhatLuc",
    ),
    required=("soHieuCBCCVC", "ngayBatDau"),
    cell_text=_wire_text,
    extra="cột thừa",
    fills=False,  # a short row keeps the body, and so the event id, that it always had
)  # fmt: skip


class CcvcFiles:
    """Reads the files of a folder in order of name, and reads a changed file again.

    - The cursor is `{"read": {file name: SHA-256 of its content}}`.
    - A file changed within the last `settle` may still be being written, and waits for the next poll.
    - With `done`, a file is moved there at the poll after the one that read it: its records are then in the ledger.
    - A row that cannot be read is a dead letter with the reason, the file and the line: a quotation mark in error, too
      many or too few cells (CSV), an error cell, a formula without a stored value.
    - A file that cannot be read does not stop the others: `poll` reads them, then raises `Transient`, which names it.
    - Files of other kinds, folders and hidden sheets are not read: the site's notices name each once.
    - `size_limit` is in bytes.
    """

    def __init__(
        self,
        site: Site,
        *,
        folder: Path,
        done: Path | None = None,
        settle: timedelta = timedelta(seconds=10),
        page_size: int = 500,
        size_limit: int = 64 * 2**20,
    ) -> None:
        self._clock = site.clock
        self._folder = folder
        self._done = done
        self._settle = settle
        self._page_size = page_size
        self._size_limit = size_limit
        self._notices = site.notices

    def poll(self, cursor: Cursor) -> Iterator[Page]:
        """The rows of new and changed files. An empty page ends each file; its cursor contains the file."""
        known: dict[str, str] = dict(cursor.get("read", {}))
        files = settled_files(self._folder, _is_table, self._settle, self._clock.now(), self._tell_ignored)
        # Removed files leave the cursor, or it would grow without limit.
        read = {path.name: known[path.name] for path in files if path.name in known}
        broken = []
        for path in files:
            try:
                content = read_file(path, self._size_limit)
                digest = hashlib.sha256(content).hexdigest()
                if known.get(path.name) == digest:
                    self._move_to_done(path, digest)
                    continue
                place = {"file": path.name, "digest": digest[:12]}
                yield from self._rows(content, place, {"read": dict(read)})
            except Unreadable as fault:
                broken.append(f"{path.name} ({fault})")
                continue
            read[path.name] = digest
            yield Page((), {"read": dict(read)})
        if broken:
            raise Transient(f"không đọc được tệp CCVC: {'; '.join(broken)}")

    def _rows(self, content: bytes, place: Mapping[str, str], cursor: Cursor) -> Iterator[Page]:
        tell = FileNotices(self._notices, place["file"])
        rows = read_rows(content, _COLUMNS, is_xlsx=_is_xlsx(place["file"]), tell=tell)
        while records := [_record(row, place) for row in islice(rows, self._page_size)]:
            yield Page(records, cursor)

    def _tell_ignored(self, name: str, is_file: bool) -> None:
        notices = FileNotices(self._notices, name)
        if is_file:
            notices.not_read()
        elif self._done is None or self._folder / name != self._done:
            notices.no_file()

    def _move_to_done(self, path: Path, digest: str) -> None:
        if self._done is None:
            return
        try:
            self._done.mkdir(parents=True, exist_ok=True)
            # The digest distinguishes two files of the same name.
            shutil.move(path, self._done / f"{path.stem}.{digest[:12]}{path.suffix}")
        except OSError:
            raise Unreadable("đã đọc xong nhưng không chuyển được sang thư mục lưu") from None


def _record(row: Row, place: Mapping[str, str]) -> Record:
    if row.body is None:
        there: dict[str, Any] = {**place, **row.place}
        return unreadable_record(CCVC_RECORD, row.fault, kept=kept_of(row.kept), **there)
    return ccvc_record(row.body)


def _is_table(name: str) -> bool:
    return name.casefold().endswith(_KINDS)


def _is_xlsx(name: str) -> bool:
    return name.casefold().endswith(".xlsx")
