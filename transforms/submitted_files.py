"""Whether a file that was handed in can be read, by what the wire tells: its name, its content, its address."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from transforms import wire
from transforms.text import clean

EXTENSIONS = (
    *("pdf", "doc", "docx", "xls", "xlsx", "odt", "ods", "xml"),
    *("jpg", "jpeg", "png", "tif", "tiff", "bmp", "gif", "zip", "rar", "7z"),
)
"""The forms of files that are taken."""

_DATA_ADDRESS = re.compile(r"data:[^,]{0,200};base64,", re.ASCII)
_WEB_ADDRESS = re.compile(r"https?://[^\s/]+(?:/\S*)?", re.ASCII | re.IGNORECASE)
_REUSED = ("1", "2")
_END_OF_PDF = 1024
"""Bytes at the end of a PDF in which its end mark stands."""


@dataclass(frozen=True, slots=True)
class SubmittedFile:
    """What is known of a file. `fault`: why it cannot be read, "" when it can; `is_there`: whether there is one."""

    component: str | None
    name: str | None
    bytes: int | None
    digest: str | None
    address: bool
    from_store: bool
    result: str | None
    fault: str

    @property
    def is_there(self) -> bool:
        return self.bytes is not None or self.address or self.from_store or self.result is not None

    @property
    def is_sound(self) -> bool:
        return self.is_there and not self.fault

    def to_data(self) -> dict[str, Any]:
        """The values of `submission.v1`'s File."""
        return {
            "component": self.component,
            "name": self.name,
            "bytes": self.bytes,
            "digest": self.digest,
            "address": self.address,
            "from_store": self.from_store,
            "result": self.result,
        }


def submitted_file(row: Mapping[str, Any], extensions: Collection[str] = EXTENSIONS) -> SubmittedFile | None:
    """The file of an element of TaiLieuNop, None when it was deleted.

    One that is reused from a result or from the store needs no content of its own.
    """
    if wire.code(row.get("IsDeleted")) == "1":
        return None
    name = clean(row.get("TenTepDinhKem"))
    is_reused = wire.code(row.get("DuocTaiSuDung")) in _REUSED
    result = wire.code(row.get("MaKetQuaThayThe")) or None
    given = row.get("Base64")
    content, fault = _decode(given) if given not in (None, "") else (None, "")
    link = clean(row.get("DuongDanTaiTepTin"))
    address = link is not None and _WEB_ADDRESS.fullmatch(link) is not None
    if not fault and link is not None and not address and content is None:
        fault = "đường dẫn tải tệp không phải địa chỉ http(s)"
    if not fault and (content is not None or address):
        fault = _fault_of(name, content, extensions)
    return SubmittedFile(
        component=wire.code(row.get("MaThanhPhanHoSo")) or None,
        name=name,
        bytes=None if content is None else len(content),
        digest=None if content is None else hashlib.sha256(content).hexdigest(),
        address=address,
        from_store=wire.code(row.get("DuocLayTuKhoDMQG")) == "1" or (is_reused and result is None),
        result=result,
        fault=fault,
    )


def name_by_content(stem: str, given: object, extensions: Collection[str] = EXTENSIONS) -> str:
    """A name for a content that comes without one, by the form that it has; `.pdf` where it has no known form."""
    content, _ = _decode(given)
    forms = (each for each in _KNOWN_BY_CONTENT if each in extensions and content and _FORMS[each](content))
    return f"{stem}.{next(forms, 'pdf')}"


def _decode(given: object) -> tuple[bytes | None, str]:
    """The content of a field Base64, and why it has none."""
    if not isinstance(given, str):
        return None, "nội dung không phải chữ base64"
    text = _DATA_ADDRESS.sub("", given, count=1) if given.startswith("data:") else given
    text = "".join(text.split())
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None, "nội dung base64 bị hỏng"
    return (content, "") if content else (None, "tệp rỗng")


def _fault_of(name: str | None, content: bytes | None, extensions: Collection[str]) -> str:
    stem, dot, extension = (name or "").rpartition(".")
    extension = extension.strip().lower()
    if not dot or not stem.strip() or extension not in extensions:
        return "tên tệp không có phần mở rộng thuộc các dạng được nhận"
    if content is None or (is_form := _FORMS.get(extension)) is None or is_form(content):
        return ""
    return f"nội dung không phải tệp .{extension} đọc được"


def _begins(*signs: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(signs)


def _is_pdf(content: bytes) -> bool:
    return b"%PDF-" in content[:1024] and b"%%EOF" in content[-_END_OF_PDF:]


def _is_xml(content: bytes) -> bool:
    return content.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<")


_ZIP = _begins(b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = _begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_TIFF = _begins(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_JPEG = _begins(b"\xff\xd8\xff")


def _is_old_or_new_office(content: bytes) -> bool:
    """An old document may be one of the new form under its old name, or RTF: every office program reads both."""
    return _OLE(content) or _ZIP(content) or content.startswith(b"{\\rtf")


_FORMS: Mapping[str, Callable[[bytes], bool]] = {
    "pdf": _is_pdf,
    "png": _begins(b"\x89PNG\r\n\x1a\n"),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "gif": _begins(b"GIF8"),
    "bmp": _begins(b"BM"),
    "tif": _TIFF,
    "tiff": _TIFF,
    "doc": _is_old_or_new_office,
    "xls": _is_old_or_new_office,
    "docx": lambda content: _ZIP(content) or _OLE(content),  # with a password it is an OLE file
    "xlsx": lambda content: _ZIP(content) or _OLE(content),
    "odt": _ZIP,
    "ods": _ZIP,
    "zip": _ZIP,
    "rar": _begins(b"Rar!\x1a\x07"),
    "7z": _begins(b"7z\xbc\xaf\x27\x1c"),
    "xml": _is_xml,
}
"""By extension, whether a content has this form."""

_KNOWN_BY_CONTENT = ("pdf", "png", "jpg", "gif", "bmp", "tif", "zip", "rar", "7z", "xml", "doc", "docx", "odt")
"""Extensions in the order in which a content is tried: a document of an office program is a ZIP file too."""
