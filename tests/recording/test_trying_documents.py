"""A newcomer tries documents without a real root: an invented trust folder, and what the answer states without any."""

import json
from pathlib import Path

import pytest

from sandbox.trust import main
from tests.command_line import lienthong
from tests.document_bus import CITIZEN, DocumentBus, upload

pytestmark = pytest.mark.slow


def test_the_file_that_is_made_passes_and_is_received(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "try")]) == 0
    assert str(tmp_path / "try" / "trust") in capsys.readouterr().out
    assert main([str(tmp_path / "try")]) == 2
    file, trust = tmp_path / "try" / "ket-qua-thu-nghiem.pdf", tmp_path / "try" / "trust"
    assert lienthong("signature", "check", file, "--trust", trust).returncode == 0
    bus = DocumentBus(tmp_path, trust, routes=("document-uploads",))
    metadata = json.dumps({"citizen_id": CITIZEN, "result_code": "KQ.G15.000031"})
    with bus.client() as client:
        form = {"file": ("a.pdf", file.read_bytes(), "application/pdf"), "metadata": (None, metadata)}
        assert client.post("/v1/documents", files=form).status_code == 201
    doctor = lienthong("doctor", "--data", bus.data, LIENTHONG_TRUST=str(trust), LIENTHONG_LANG="en")
    assert "its roots are invented" in " ".join(doctor.stdout.split())


def test_without_a_trust_folder_the_answer_states_what_to_do(tmp_path: Path) -> None:
    bus = DocumentBus(tmp_path, tmp_path / "absent", routes=("document-uploads",), LIENTHONG_LANG="en")
    with bus.client() as client:
        reply = upload(client, ("person", "agency"), "any")
        assert (reply.status_code, "lienthong doctor" in reply.text) == (503, True), reply.text
    doctor = lienthong("doctor", "--data", bus.data, LIENTHONG_TRUST=str(tmp_path / "absent"), LIENTHONG_LANG="en")
    assert "name it by LIENTHONG_TRUST" in " ".join(doctor.stdout.split())
