"""Results of closed dossiers, on a recording whose sandbox serves their files: fetched, judged, kept, issued anew."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import ROOT, lienthong
from tests.recording.conftest import assert_balanced
from tests.reduced_project import copy_routes
from tests.services.processes import change_yaml
from tests.signatures.pki import pki
from tests.signed_documents import signed_file

pytestmark = pytest.mark.slow

BIRTH, COPY, WRONG, TWINS = (f"000.00.01.H08-261118-000{number}" for number in range(1, 5))
OWNER = "052085001234"
HOST = "https://kho.example.gov.vn"


def dossier(code: str, *results: dict[str, str], procedure: str = "1.000656") -> dict[str, Any]:
    named = {"MaHoSo": code, "MaTTHC": f"{procedure}.000.00.00.H08", "TrangThaiHoSo": "10", "KenhThucHien": "2"}
    dates = {"NgayNopHoSo": "20261118080000", "NgayTiepNhan": "20261118080000", "NgayHenTra": "20261121080000"}
    owner = {"DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": OWNER}], "LoaiDoiTuong": "1"}
    return {**named, **dates, **owner, "DanhSachGiayToKetQua": list(results)}


def result(file: str, code: str = "KQ.G15.000031", **more: str) -> dict[str, str]:
    return {"TenGiayTo": "Kết quả", "MaGiayToKetQua": code, "DuongDanTepTinKetQua": f"{HOST}/kq/{file}.pdf", **more}


LINES = [
    ("20T08:00", dossier(BIRTH, result("first"))),
    ("20T08:01", dossier(COPY, result("copy", MaThanhPhanHoSo="GT.HoChieu"), procedure="2.000815")),
    ("20T08:02", dossier(WRONG, result("unsigned"))),
    ("20T08:03", dossier(TWINS, result("left", GiayToId="7"), result("right", GiayToId="8"))),
    ("20T08:30", dossier(BIRTH, result("anew"))),
    ("20T08:31", dossier(TWINS, result("left", GiayToId="7"), result("right-anew", GiayToId="8"))),
]
FILES = {
    **dict.fromkeys(("first", "anew", "copy", "left", "right", "right-anew"), ("person", "agency")),
    "unsigned": (),
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a bus that has played the recording, with the route enabled."""
    folder = tmp_path_factory.mktemp("results")
    recording = folder / "recording"
    (recording / "results" / "kq").mkdir(parents=True)
    (recording / "dvcqg").mkdir()
    head = {"name": "results", "from": "2026-11-01", "to": "2026-12-01", "timezone": "+07:00"}
    (recording / "recording.json").write_text(json.dumps(head), "utf-8")
    lines = [{"seen_at": f"2026-11-{moment}:00+07:00", "body": body} for moment, body in LINES]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (recording / "dvcqg" / "dossiers.jsonl").write_text(text, "utf-8")
    for name, signers in FILES.items():
        (recording / "results" / "kq" / f"{name}.pdf").write_bytes(signed_file(signers, name))
    project = copy_routes(folder / "project", "dossier-results", "dossier-result-documents", "document-notices")
    change_yaml(project / "routes/dossier-results.yaml", enabled=True)
    (project / "sandbox").symlink_to(ROOT / "sandbox")
    trust = pki().write_trust(folder / "trust")
    options = ("--recording", recording, "--until-done", "--data", folder / "data", "--out", folder / "out")
    done = lienthong("run", *options, "--project", project, LIENTHONG_TRUST=str(trust))
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "data"


def rows(data: Path, query: str) -> list[tuple[Any, ...]]:
    database = sqlite3.connect(data / "lienthong.db")
    found = database.execute(query).fetchall()
    database.close()
    return found


def test_results_and_copies_come_into_the_store_and_what_is_not_signed_is_a_dead_letter(data: Path) -> None:
    found = rows(data, "SELECT dossier, kind, result_code, document_type, identity, origin FROM store_documents")
    of = (OWNER, "dossier-result")
    assert sorted(found, key=str) == sorted(
        [
            (BIRTH, "result", "KQ.G15.000031", "result", *of),
            (COPY, "certified_copy", None, "GT.HoChieu", *of),
            *[(TWINS, "result", "KQ.G15.000031", "result", *of)] * 2,
        ],
        key=str,
    )
    dead = rows(data, "SELECT reason FROM dead_letters")
    assert len(dead) == 1
    assert_balanced(data)


def test_a_result_that_was_issued_anew_is_the_next_version_of_the_same_document(data: Path) -> None:
    query = (
        "SELECT dossier, paper, version, v.reason, v.accepted FROM store_document_versions v JOIN store_documents d"
        " USING (document_id) WHERE d.kind = 'result' ORDER BY dossier, paper, version"
    )
    assert rows(data, query) == [
        (BIRTH, "", 1, "first", 1),
        (BIRTH, "", 2, "replaced", 1),
        (TWINS, "7", 1, "first", 1),
        (TWINS, "8", 1, "first", 1),
        (TWINS, "8", 2, "replaced", 1),
    ]
