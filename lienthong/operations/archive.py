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
from lienthong.ledger.records import Entry
from lienthong.masking import mask_text
from lienthong.messages import message
from lienthong.operations.access_acts import Act
from lienthong.operations.clients import record_act
from lienthong.operations.trail import trail_json
from lienthong.ports import Files, Ledger, NoSuchFile, Site
from lienthong.ports.files import pieces

SUMS = "SHA256SUMS"

_FIRST = (1980, 1, 1, 0, 0, 0)  # the moment of every part: the same dossier gives the same parts

README = """Gói lưu trữ của một hồ sơ. Gói chứa dữ liệu cá nhân. Kiểm tra không cần hệ thống nào, sau khi giải nén:

  sha256sum --check SHA256SUMS          mọi tệp còn nguyên như lúc lập gói
  openssl dgst -sha256 bodies/*         mã băm của mỗi tệp đúng bằng tên của nó
  pdfsig bodies/TÊN                     chữ ký số của một tệp PDF (gói poppler-utils)

Mã băm của cả tệp ZIP nằm trong sổ cái, cùng người lập, thời điểm và lý do: `lienthong trail MÃ-HỒ-SƠ`.
documents.json: giấy tờ, các phiên bản, kết quả kiểm tra chữ ký, lần dùng lại, phản ánh, bản giấy và mã băm.
trail.json: bút toán của sổ cái.
bodies/: nội dung tệp, tên là mã SHA-256; bản giấy là tệp PDF dùng để in, không có chữ ký số.
manifest.json: ai lập gói, lúc nào, vì sao, và đầu các chuỗi của sổ cái lúc đó.

A package of one dossier. It holds personal data. Check it without any system, once it is unpacked:

  sha256sum --check SHA256SUMS          every file is as it was when the package was made
  openssl dgst -sha256 bodies/*         the digest of each file is its name
  pdfsig bodies/NAME                    the signatures of a PDF (package poppler-utils)

The ledger has the digest of the whole ZIP, with who made it, when and why: `lienthong trail DOSSIER`.
documents.json: documents, their versions, verdicts on signatures, reuses, disputes, papers, digests.
trail.json: entries of the ledger.
bodies/: the files, named by their SHA-256; a paper is the PDF to print, without signatures.
manifest.json: who made it, when and why, and the heads of the ledger's chains then.
"""

KIND = "dossier-archived"
"""The kind of the act in the ledger."""


class Archived(NamedTuple):
    """What stands in a package: documents, bodies, entries of the trail; and the digests of bodies that are missing."""

    documents: int
    bodies: int
    entries: int
    missing: Sequence[str]


Documents = Callable[[Site, str], Sequence[Mapping[str, Any]]]
"""What a project has of a dossier, for a package. Each document has a `document_id`, and `versions` with a `digest`.

It may have `bodies`, the digests of further files, and `events`, the ids of the events that belong to it."""


def archive(
    dossier: str, target: Path, documents: Documents, *, site: Site, files: Files, ledger: Ledger, act: Act
) -> Archived:
    """Write the package to `target`, and to the ledger who made it: no package is there without its entry.

    Raises `WrongUse` for a file that exists, and for a dossier without a trace.
    """
    if target.exists():
        raise WrongUse(message("{file} exists already; name another file", file=target))
    found = list(documents(site, dossier))
    entries = trail_json(_trail(dossier, found, ledger))
    if not found and not entries:
        raise WrongUse(message("nothing is known of the dossier {dossier}", dossier=dossier))
    digests = sorted({digest for one in found for digest in _digests(one)})
    now = datetime.now(UTC)
    missing = [digest for digest in digests if not files.exists(digest)]
    manifest = {
        "dossier": dossier,
        "made_at": now.isoformat(),
        "made_by": f"lienthong {__version__}",
        "person": act.who,
        "reason": mask_text(act.reason.strip()),
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
            stream.seek(0)
            digest = f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"
        facts = {"package": digest, "documents": len(found), "bodies": len(digests) - len(missing), "missing": missing}
        what = message("a package of the dossier was made, {digest}", digest=digest)
        with ledger.transaction() as transaction:
            record_act(transaction, dossier, KIND, facts, what=what, act=act, now=now)
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    return Archived(len(found), len(digests) - len(missing), len(entries), missing)


def _digests(document: Mapping[str, Any]) -> Sequence[str]:
    return [*(str(version["digest"]) for version in document["versions"]), *document.get("bodies", ())]


def _trail(dossier: str, documents: Sequence[Mapping[str, Any]], ledger: Ledger) -> Sequence[Entry]:
    """The entries of the dossier, of its documents and of their events, each once."""
    of_documents = (str(key) for one in documents for key in (one["document_id"], *one.get("events", ())))
    keys = dict.fromkeys((dossier, *of_documents))
    return list(dict.fromkeys(entry for key in keys for entry in ledger.trail(key)))


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
