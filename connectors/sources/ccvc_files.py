"""The register of civil servants (CCVC) as files put into a folder: CSV or XLSX exports, the likeliest first delivery.

The header holds the names of the wire fields (ASSUMED). Each row is the record the feed would have shown.
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
    """Reads the files of a folder in order of name; a file that changed is read again.

    - The cursor is `{"read": {file name: SHA-256 of its content}}`.
    - A file touched within `settle` is still being written and waits for the next poll.
    - With `done`, a file is moved there at the poll after the one that read it, when its records are surely kept.
    - A file that cannot be read stops no other: once the others are read, `Transient` names it.
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
        """The rows of new and changed files; the page that ends a file carries the cursor that knows it."""
        known: dict[str, str] = dict(cursor.get("read", {}))
        files = self._settled()
        # Names that are gone are forgotten, or the cursor would grow for ever.
        read = {path.name: known[path.name] for path in files if path.name in known}
        broken = []
        for path in files:
            try:
                content = self._content(path)
                digest = hashlib.sha256(content).hexdigest()
                if known.get(path.name) == digest:
                    self._put_away(path, digest)
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
        while some := [ccvc_record(row) for row in islice(rows, self._page_size)]:
            yield Page(some, cursor)

    def _settled(self) -> list[Path]:
        now = self._clock.now().timestamp()
        try:
            files = sorted(path for path in self._folder.iterdir() if path.suffix.casefold() in _KINDS)
            # Hidden files and Excel's lock files (~$…) are no deliveries. A time ahead of our clock is settled too.
            return [
                path
                for path in files
                if not path.name.startswith((".", "~$"))
                and path.is_file()
                and abs(now - path.stat().st_mtime) >= self._settle.total_seconds()
            ]
        except OSError:
            raise Transient("không mở được thư mục nhận tệp CCVC") from None

    def _content(self, path: Path) -> bytes:
        """The whole file at one moment, so that its digest is that of the rows."""
        try:
            if path.stat().st_size > self._size_limit:
                raise tables.Unreadable(f"lớn hơn giới hạn {self._size_limit} byte")
            return path.read_bytes()
        except OSError as error:
            raise tables.Unreadable(f"lỗi đọc tệp: {type(error).__name__}") from None

    def _put_away(self, path: Path, digest: str) -> None:
        if self._done is None:
            return
        try:
            self._done.mkdir(parents=True, exist_ok=True)
            # The digest keeps apart two deliveries of one name.
            shutil.move(path, self._done / f"{path.stem}.{digest[:12]}{path.suffix}")
        except OSError:
            raise tables.Unreadable("đã đọc xong nhưng không chuyển được sang thư mục lưu") from None
