"""The package of a dossier: what stands in it, that it is verified without the bus, and what is missing."""

import hashlib
import io
import json
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.files.folder import FolderFiles
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Envelope
from lienthong.errors import WrongUse
from lienthong.operations.access_acts import Act
from lienthong.operations.archive import Archived, archive
from lienthong.ports import NoSuchFile, Site
from store.documents.archive import dossier_documents
from store.documents.tables import documents, reuses, versions
from tests.databases import open_embedded

DOSSIER = "000.00.12.H08-240301-0001"


class Place:
    """A ledger with an event of a dossier, which has one document with a body."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.database, clock = folder, open_embedded(folder), SystemClock()
        self.files, self.ledger = FolderFiles(folder / "files"), SqlLedger(self.database, clock)
        self.site = Site(clock, self.database, files=self.files)
        self.digest = self.files.put(io.BytesIO(b"%PDF giay phep")).digest
        event = Envelope("e1", "dossier.v1", "igate", DOSSIER, clock.now(), clock.now(), {"code": DOSSIER})
        with self.ledger.transaction() as transaction:
            transaction.receive([event], source="igate", to=["route.a"], cursor={})

    def documents(self, site: Site, dossier: str) -> list[dict[str, Any]]:
        if dossier != DOSSIER:
            return []
        return [{"document_id": "d1", "number": "Giấy phép 5", "versions": [{"version": 1, "digest": self.digest}]}]

    def write(self, target: Path, dossier: str = DOSSIER) -> Archived:
        of_bus = {"site": self.site, "files": self.files, "ledger": self.ledger}
        return archive(dossier, target, self.documents, **of_bus, act=Act("Lan", "Thanh tra 12/2026"))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("LIENTHONG_LANG", "en")
    return Place(tmp_path)


def check(folder: Path) -> int:
    command = ["sha256sum", "--check", "--quiet", "SHA256SUMS"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode


def test_a_package_is_verified_without_the_bus(place: Place, tmp_path: Path) -> None:
    target, unpacked = tmp_path / "dossier.zip", tmp_path / "unpacked"
    heads = dict(place.ledger.heads())
    assert place.write(target) == Archived(1, 1, 1, [])
    assert target.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(target) as package:
        package.extractall(unpacked)
    assert check(unpacked) == 0
    assert (unpacked / "bodies" / place.digest.removeprefix("sha256:")).read_bytes() == b"%PDF giay phep"
    assert json.loads((unpacked / "trail.json").read_text())[0]["event"] == "e1"
    assert json.loads((unpacked / "documents.json").read_text())[0]["number"] == "Giấy phép 5"
    assert json.loads((unpacked / "manifest.json").read_text())["heads"] == heads
    (unpacked / "documents.json").write_text("[]", encoding="utf-8")
    assert check(unpacked) == 1


def test_a_missing_body_is_named_and_a_damaged_one_is_refused(place: Place, tmp_path: Path) -> None:
    (body,) = (path for path in (tmp_path / "files" / "sha256").rglob("*") if path.is_file())
    body.write_bytes(b"changed")
    with pytest.raises(NoSuchFile):
        place.write(tmp_path / "damaged.zip")
    body.unlink()
    assert place.write(tmp_path / "missing.zip").missing == [place.digest]
    assert [path.name for path in tmp_path.glob("*.zip")] == ["missing.zip"] and not list(tmp_path.glob(".*"))


def test_what_cannot_be_written(place: Place, tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="nothing is known"):
        place.write(tmp_path / "a.zip", "another")
    (tmp_path / "a.zip").write_text("", encoding="utf-8")
    with pytest.raises(WrongUse, match="exists already"):
        place.write(tmp_path / "a.zip")


def test_the_store_gives_results_of_a_dossier_and_documents_reused_in_it(place: Place) -> None:
    def row(table: Any, **given: Any) -> dict[str, Any]:
        needed = {
            column.name: (0 if "INT" in str(column.type) else "x") for column in table.columns if not column.nullable
        }
        return needed | given

    with place.database.begin() as connection:
        for number, dossier in enumerate((DOSSIER, "other", None), start=1):
            key = {"document_id": f"d{number}"}
            connection.execute(documents.insert(), [row(documents, **key, dossier=dossier)])
            unlike = {"version": 1, "digest": f"sha256:{number}", "size": 1}
            connection.execute(versions.insert(), [row(versions, **key, **unlike)])
        connection.execute(reuses.insert(), [row(reuses, document_id="d3", dossier=DOSSIER, version=1)])
    found = dossier_documents(place.site, DOSSIER)
    assert [one["document_id"] for one in found] == ["d1", "d3"]
    assert [one["versions"][0]["digest"] for one in found] == ["sha256:1", "sha256:3"]
    assert [len(one["reuses"]) for one in found] == [0, 1]


def test_the_ledger_has_who_made_a_package_why_and_its_digest(place: Place, tmp_path: Path) -> None:
    target = tmp_path / "dossier.zip"
    place.write(target)
    (entry,) = [one for one in place.ledger.trail(DOSSIER) if one.who and one.verdict == "done"]
    assert entry.who == "Lan"
    assert entry.reason is not None
    assert hashlib.sha256(target.read_bytes()).hexdigest() in entry.reason
    assert "Thanh tra 12/2026" in entry.reason
    with zipfile.ZipFile(target) as package:
        manifest = json.loads(package.read("manifest.json"))
    assert (manifest["person"], manifest["reason"]) == ("Lan", "Thanh tra 12/2026")
    assert [fault for fault in place.ledger.verify() if "e1" not in fault] == []  # whose id is not that of its content
    assert place.write(tmp_path / "again.zip").entries > 1


def test_the_commands_of_its_readme_check_a_package(place: Place, tmp_path: Path) -> None:
    unpacked = tmp_path / "unpacked"
    place.write(tmp_path / "dossier.zip")
    with zipfile.ZipFile(tmp_path / "dossier.zip") as package:
        package.extractall(unpacked)
    readme = (unpacked / "README.txt").read_text("utf-8")
    for command in ("sha256sum --check SHA256SUMS", "openssl dgst -sha256 bodies/*"):
        assert command in readme
        done = subprocess.run(["sh", "-c", command], cwd=unpacked, capture_output=True, check=True, text=True)
        assert place.digest.removeprefix("sha256:") in done.stdout
