"""Recordings and folders that cannot be used: a sentence and the right exit code, before any work."""

import json
from pathlib import Path

import pytest

from tests.recording.conftest import MONTH, balanced, lienthong, payload, play


def write_recording(folder: Path, first: str = "2023-11-01", end: str = "2023-12-01") -> Path:
    """A recording in which no system shows anything."""
    folder.mkdir()
    head = {"name": folder.name, "from": first, "to": end, "timezone": "+07:00"}
    (folder / "recording.json").write_text(json.dumps(head), encoding="utf-8")
    return folder


@pytest.mark.parametrize("files", [(), ("igate/dossiers.jsonl", "vneid/accounts.jsonl")])
def test_a_month_in_which_nothing_happened_has_reports_of_nothing(files: tuple[str, ...], tmp_path: Path) -> None:
    recording = write_recording(tmp_path / "silent")
    for file in files:
        (recording / file).parent.mkdir()
        (recording / file).touch()
    play(recording, tmp_path / "data", tmp_path / "out")
    assert payload(tmp_path / "out", "paper-filings-2023-11")["total"] == 0
    assert payload(tmp_path / "out", "vneid-activation-2023-11")["by_agency"] == {}
    balanced(tmp_path / "data", silent=True)


def test_a_recording_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    done = lienthong("run", "--recording", tmp_path / "none", "--data", tmp_path / "data", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "Không có bản ghi" in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_recording_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    recording = write_recording(tmp_path / "backwards", "2023-12-01", "2023-11-01")
    done = lienthong("run", "--recording", recording, "--data", tmp_path / "data", "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "recording.json" in done.stderr


def test_a_folder_for_reports_that_is_a_file_is_refused_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    done = lienthong("run", "--recording", MONTH, "--data", tmp_path / "data", "--out", tmp_path / "out")
    assert done.returncode == 1
    assert str(tmp_path / "out") in done.stderr
    assert not (tmp_path / "data").exists()


def test_reading_a_data_directory_that_is_not_there_creates_none(tmp_path: Path) -> None:
    assert lienthong("balance", "--data", tmp_path / "none").returncode == 1
    assert not (tmp_path / "none").exists()


def test_a_source_that_does_not_answer_is_named_with_the_reason(tmp_path: Path) -> None:
    closed_port = {f"{system}_URL": "http://127.0.0.1:1" for system in ("IGATE", "CCVC")}
    no_port = {f"{system}_URL": "http://127.0.0.1:port" for system in ("DVCQG", "VNEID")}  # refused without any waiting
    done = lienthong("run", "--until-done", "--data", tmp_path / "data", **closed_port, **no_port)
    assert done.returncode == 1
    assert "igate (không kết nối được tới hệ thống iGate" in done.stdout
    assert "ccvc (không kết nối được" in done.stdout
    for system in ("dvcqg", "vneid"):
        assert f"{system} (địa chỉ đã cấu hình" in done.stdout
    assert "source does not answer" in (tmp_path / "data/logs/lienthong.jsonl").read_text(encoding="utf-8")
