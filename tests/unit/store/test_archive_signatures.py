"""The package of a dossier whose document was corrected and then reclassified, checked with openssl alone."""

import json
import re
import ssl
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.files.folder import FolderFiles
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.operations.access_acts import Act
from lienthong.operations.archive import archive
from lienthong.ports import Site
from store.documents.archive import dossier_documents
from store.documents.sink import DocumentStore
from tests.contract.sinks_contract import committed
from tests.databases import open_embedded
from tests.signed_documents import signed_file, write_trust
from tests.unit.store.documents import addition, dispute, event_of, reclassification, resolution

DOSSIER = "000.00.12.H08-240301-0001"
WRONG, RIGHT = signed_file(("person", "agency"), "sai"), signed_file(("person", "agency"), "dung")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The package, unpacked. Beside it lies a trust folder."""
    files, database = FolderFiles(tmp_path / "files"), open_embedded(tmp_path)
    clock = SystemClock()
    site, ledger = Site(clock, database, files=files), SqlLedger(database, clock)
    wrong, right = (files.put(BytesIO(content)).digest for content in (WRONG, RIGHT))
    correction = addition("R1", document_id="E1", digest=right, reason="corrected")
    reclassified = reclassification("K1")
    versions = [{**reclassified["versions"][0], "version": number} for number in (1, 2)]
    states = {name: {**reclassified[name], "dossier": DOSSIER} for name in ("before", "after")}
    entries = (
        addition("E1", digest=wrong, dossier=DOSSIER),
        dispute("P1"),
        resolution("R1", "P1", "corrected", version=correction),
        {**reclassified, **states, "versions": versions},
    )
    with committed(database) as transaction:
        DocumentStore(site).deliver([event_of(each) for each in entries], transaction)
    of_bus: dict[str, Any] = {"site": site, "files": files, "ledger": ledger}
    archive(DOSSIER, tmp_path / "dossier.zip", dossier_documents, **of_bus, act=Act("Lan", "Thanh tra"))
    with zipfile.ZipFile(tmp_path / "dossier.zip") as found:
        found.extractall(tmp_path / "unpacked")
    write_trust(tmp_path / "trust")
    return tmp_path / "unpacked"


def verify(folder: Path, content: bytes, trust: Path) -> list[int]:
    """What openssl finds about each signature of a PDF: its exit code."""
    codes = []
    for number, found in enumerate(re.finditer(rb"/ByteRange\s*\[\s*(\d+) (\d+) (\d+) (\d+)\s*\]", content)):
        start, length, after, rest = map(int, found.groups())
        value = bytes.fromhex(content[start + length + 1 : after - 1].rstrip(b"0\n").decode() + "0000")
        signature, signed = folder / f"{number}.der", folder / f"{number}.bin"
        signature.write_bytes(value)
        signed.write_bytes(content[start : start + length] + content[after : after + rest])
        command = ["openssl", "cms", "-verify", "-inform", "DER", "-binary", "-in", signature, "-content", signed]
        command += ["-CAfile", trust / "known.pem", "-purpose", "any"]  # without -partial_chain a root is needed
        done = subprocess.run([*command, "-out", "/dev/null"], capture_output=True, check=False)
        codes.append(done.returncode)
    return codes


def test_openssl_verifies_both_versions_and_the_package_tells_how_one_became_the_other(package: Path) -> None:
    (document,) = json.loads((package / "documents.json").read_text("utf-8"))
    assert [each["reason"] for each in document["versions"]] == ["first", "corrected"]
    assert [(each["state"], each["new_version"]) for each in document["disputes"]] == [("corrected", 2)]
    (change,) = document["reclassifications"]
    codes = ("KQ.G15.000031", document["result_code"])
    assert (change["before"]["result_code"], change["after"]["result_code"]) == codes
    trust = package.parent / "trust"
    known = (path for name in ("roots", "intermediates") for path in sorted((trust / name).iterdir()))
    (trust / "known.pem").write_text("".join(ssl.DER_cert_to_PEM_cert(path.read_bytes()) for path in known), "ascii")
    bodies = [(package / "bodies" / each["digest"].removeprefix("sha256:")) for each in document["versions"]]
    assert [verify(package.parent, body.read_bytes(), trust) for body in bodies] == [[0, 0], [0, 0]]
    assert [body.read_bytes() for body in bodies] == [WRONG, RIGHT]
    changed = RIGHT.replace(b"dung", b"sung", 1)
    assert verify(package.parent, changed, trust) != [0, 0]
