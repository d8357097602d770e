"""Wrong recordings, folders and sources: one sentence and the right exit code, before any work."""

from pathlib import Path

import pytest

from tests.command_line import lienthong
from tests.recording.conftest import MONTH, assert_balanced, empty_recording, read_report, run_recording


@pytest.mark.parametrize("files", [(), ("igate/dossiers.jsonl", "vneid/accounts.jsonl")])
def test_a_month_without_events_has_empty_reports(files: tuple[str, ...], tmp_path: Path) -> None:
    recording = empty_recording(tmp_path / "empty")
    for file in files:
        (recording / file).parent.mkdir()
        (recording / file).touch()
    run_recording(recording, tmp_path / "data", tmp_path / "out")
    assert read_report(tmp_path / "out", "paper-filings-2023-11")["total"] == 0
    assert read_report(tmp_path / "out", "vneid-activation-2023-11")["by_agency"] == {}
    assert_balanced(tmp_path / "data", empty=True)


def test_a_missing_recording_is_wrong_use(tmp_path: Path) -> None:
    result = lienthong("run", "--recording", tmp_path / "none", "--data", tmp_path / "data", "--out", tmp_path / "out")
    assert result.returncode == 2
    assert "Không có bản ghi" in result.stderr
    assert not (tmp_path / "data").exists()


def test_a_recording_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    recording = empty_recording(tmp_path / "backwards", "2023-12-01", "2023-11-01")
    result = lienthong("run", "--recording", recording, "--data", tmp_path / "data", "--out", tmp_path / "out")
    assert result.returncode == 1
    assert "recording.json" in result.stderr


def test_an_unusable_folder_for_reports_is_reported_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    result = lienthong("run", "--recording", MONTH, "--data", tmp_path / "data", "--out", tmp_path / "out")
    assert result.returncode == 1
    assert str(tmp_path / "out") in result.stderr
    assert not (tmp_path / "data").exists()


def test_a_command_that_reads_does_not_make_a_data_directory(tmp_path: Path) -> None:
    assert lienthong("balance", "--data", tmp_path / "none").returncode == 1
    assert not (tmp_path / "none").exists()


SYSTEMS = ("IGATE", "CCVC", "DVCQG", "VNEID", "PROCEDURES", "QUESTIONS", "PETITIONS")


def test_an_address_that_cannot_be_one_is_refused_before_anything_runs(tmp_path: Path) -> None:
    invalid = {f"{system}_URL": "http://127.0.0.1:port" for system in SYSTEMS}
    result = lienthong("run", "--until-done", "--data", tmp_path / "data", **invalid)
    assert result.returncode == 1 and result.stdout == ""
    assert all(f"{system}_URL" in result.stderr for system in SYSTEMS)
    assert not (tmp_path / "data" / "lienthong.db").exists()


def test_a_source_that_does_not_answer_is_named_with_the_reason(tmp_path: Path) -> None:
    refused = {f"{system}_URL": "http://127.0.0.1:1" for system in SYSTEMS}
    result = lienthong("run", "--until-done", "--data", tmp_path / "data", **refused)
    assert result.returncode == 1
    shown = " ".join(result.stdout.split())  # the line is wrapped
    assert "igate (chưa đọc, vì phải chờ đọc hết ccvc" in shown, "its route comes after ccvc"
    for system in ("ccvc", "dvcqg", "vneid", "procedures", "questions", "petitions"):
        assert f"{system} (không kết nối được" in shown
    assert "source does not answer" in (tmp_path / "data/logs/lienthong.jsonl").read_text(encoding="utf-8")
