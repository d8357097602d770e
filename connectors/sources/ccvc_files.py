"""The register of civil servants (CCVC) as CSV or XLSX exports in a folder.

A real CCVC will probably deliver files before it has an interface. The header holds the names of the wire fields
(ASSUMED). Each row becomes the record that the change feed would contain.
"""

import hashlib
import shutil
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

from connectors.protocols.records import ccvc_record
from lienthong import Cursor, Page, Site, Transient
from lienthong.connectors.protocols import tables

_KINDS = frozenset({".csv", ".xlsx"})
_COLUMNS = tables.Columns(
    (
        "soHieuCBCCVC", "soDinhDanh", "soCMND", "hoVaTen", "ngaySinh", "gioiTinh", "loai", "maDonVi", "tenDonVi",
        "chucVu", "maNgach", "trangThai", "ngayBatDau", "ngayKetThuc", "capNhatLuc",
    ),
    required=("soHieuCBCCVC", "ngayBatDau"),
    instants=("capNhatLuc",),
    extra="cột thừa",
)  # fmt: skip


class CcvcFiles:
    """Reads the files of a folder in order of name, and reads a changed file again.

    - The cursor is `{"read": {file name: SHA-256 of its content}}`.
    - A file changed within the last `settle` may still be being written, and waits for the next poll.
    - With `done`, a file is moved there at the poll after the one that read it: its records are then in the ledger.
    - A file that cannot be read does not stop the others: `poll` reads them, then raises `Transient`, which names it.
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

    def poll(self, cursor: Cursor) -> Iterator[Page]:
        """The rows of new and changed files. An empty page ends each file; its cursor contains the file."""
        known: dict[str, str] = dict(cursor.get("read", {}))
        files = self._settled_files()
        # Removed files leave the cursor, or it would grow without limit.
        read = {path.name: known[path.name] for path in files if path.name in known}
        broken = []
        for path in files:
            try:
                content = self._read_file(path)
                digest = hashlib.sha256(content).hexdigest()
                if known.get(path.name) == digest:
                    self._move_to_done(path, digest)
                    continue
                yield from self._rows(path, content, {"read": dict(read)})
            except tables.Unreadable as fault:
                broken.append(f"{path.name} ({fault})")
                continue
            read[path.name] = digest
            yield Page((), {"read": dict(read)})
        if broken:
            raise Transient(f"không đọc được tệp CCVC: {'; '.join(broken)}")

    def _rows(self, path: Path, content: bytes, cursor: Cursor) -> Iterator[Page]:
        rows = tables.read(path.name, content, _COLUMNS)
        while records := [ccvc_record(row) for row in islice(rows, self._page_size)]:
            yield Page(records, cursor)

    def _settled_files(self) -> list[Path]:
        now = self._clock.now().timestamp()
        try:
            files = sorted(path for path in self._folder.iterdir() if path.suffix.casefold() in _KINDS)
            # Hidden files and Excel's lock files (~$…) are not exports. A file dated after our clock counts as settled.
            return [
                path
                for path in files
                if not path.name.startswith((".", "~$"))
                and path.is_file()
                and abs(now - path.stat().st_mtime) >= self._settle.total_seconds()
            ]
        except OSError:
            raise Transient("không mở được thư mục nhận tệp CCVC") from None

    def _read_file(self, path: Path) -> bytes:
        """The whole file, read once, so that the digest and the rows come from the same content."""
        try:
            if path.stat().st_size > self._size_limit:
                raise tables.Unreadable(f"lớn hơn giới hạn {self._size_limit} byte")
            return path.read_bytes()
        except OSError as error:
            raise tables.Unreadable(f"lỗi đọc tệp: {type(error).__name__}") from None

    def _move_to_done(self, path: Path, digest: str) -> None:
        if self._done is None:
            return
        try:
            self._done.mkdir(parents=True, exist_ok=True)
            # The digest distinguishes two files of the same name.
            shutil.move(path, self._done / f"{path.stem}.{digest[:12]}{path.suffix}")
        except OSError:
            raise tables.Unreadable("đã đọc xong nhưng không chuyển được sang thư mục lưu") from None
