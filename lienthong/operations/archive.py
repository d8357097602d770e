"""One package of a dossier: its documents with their bodies and verdicts, the trail, and the digests of all of it.

A ZIP that is read without the bus: `SHA256SUMS` is checked by `sha256sum --check`, the other parts are JSON. The heads
of the ledger's chains are in it, so that the trail can be compared with a ledger, or with heads noted elsewhere.
"""

import hashlib
import json
import os
import secrets
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from lienthong import __version__
from lienthong.adapters.private_files import FILE_MODE
from lienthong.errors import WrongUse
from lienthong.messages import message
from lienthong.operations.trail import trail_json
from lienthong.ports import Files, Ledger, NoSuchFile, Site
from lienthong.ports.files import pieces

SUMS = "SHA256SUMS"

_FIRST = (1980, 1, 1, 0, 0, 0)  # the moment of every part: the same dossier gives the same parts

README = """Gói lưu trữ của một hồ sơ. Kiểm tra không cần hệ thống nào: giải nén, chạy `sha256sum --check SHA256SUMS`.
documents.json: giấy tờ, các phiên bản, kết quả kiểm tra chữ ký và mã băm. trail.json: bút toán của sổ cái.
bodies/: nội dung tệp, tên là mã SHA-256. manifest.json: thời điểm lập gói và đầu các chuỗi của sổ cái lúc đó.

A package of one dossier. Check it without any system: unpack it, then run `sha256sum --check SHA256SUMS`.
documents.json: documents, their versions, verdicts on signatures, digests. trail.json: entries of the ledger.
bodies/: the files, named by their SHA-256. manifest.json: when it was made, and the heads of the ledger's chains then.
"""


class Archived(NamedTuple):
    """What stands in a package: documents, bodies, entries of the trail; and the digests of bodies that are missing."""

    documents: int
    bodies: int
    entries: int
    missing: Sequence[str]


Documents = Callable[[Site, str], Sequence[Mapping[str, Any]]]
"""What a project has of a dossier, for a package. Each document has a `document_id`, and `versions` with a `digest`."""


def archive(dossier: str, target: Path, documents: Documents, *, site: Site, files: Files, ledger: Ledger) -> Archived:
    """Write the package to `target`. Raises `WrongUse` for a file that exists, and for a dossier without a trace."""
    if target.exists():
        raise WrongUse(message("{file} exists already; name another file", file=target))
    found = list(documents(site, dossier))
    keys = [dossier, *(str(one["document_id"]) for one in found)]
    entries = trail_json([entry for key in keys for entry in ledger.trail(key)])
    if not found and not entries:
        raise WrongUse(message("nothing is known of the dossier {dossier}", dossier=dossier))
    digests = sorted({str(version["digest"]) for one in found for version in one["versions"]})
    missing = [digest for digest in digests if not files.exists(digest)]
    manifest = {
        "dossier": dossier,
        "made_at": datetime.now(UTC).isoformat(),
        "made_by": f"lienthong {__version__}",
        "heads": dict(ledger.heads()),
        "missing": missing,
    }
    parts = {"manifest.json": manifest, "documents.json": found, "trail.json": entries}
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, FILE_MODE), "w+b") as stream:
            _pack(stream, parts, [digest for digest in digests if digest not in missing], files)
            stream.flush()
            os.fsync(stream.fileno())
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    return Archived(len(found), len(digests) - len(missing), len(entries), missing)


def _pack(stream: BinaryIO, parts: Mapping[str, Any], digests: Sequence[str], files: Files) -> None:
    sums: list[str] = []
    with zipfile.ZipFile(stream, "w") as package:
        texts = {"README.txt": README, **{name: _json(value) for name, value in parts.items()}}
        for name, text in texts.items():
            package.writestr(_part(name), text.encode())
            sums.append(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n")
        for digest in digests:
            name = f"bodies/{digest.removeprefix('sha256:')}"
            sums.append(f"{_add(package, name, files, digest)}  {name}\n")
        package.writestr(_part(SUMS), "".join(sums).encode())


def _add(package: zipfile.ZipFile, name: str, files: Files, digest: str) -> str:
    """Add a body; its SHA-256 as it was read. Raises `NoSuchFile`, and for a body that is not as it was kept."""
    sha = hashlib.sha256()
    with files.open(digest) as body, package.open(_part(name), "w", force_zip64=True) as part:
        for piece in pieces(body):
            sha.update(piece)
            part.write(piece)
    if f"sha256:{sha.hexdigest()}" != digest:
        raise NoSuchFile(digest)
    return sha.hexdigest()


def _part(name: str) -> zipfile.ZipInfo:
    part = zipfile.ZipInfo(name, _FIRST)
    part.compress_type = zipfile.ZIP_DEFLATED
    part.external_attr = FILE_MODE << 16
    return part


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n"
