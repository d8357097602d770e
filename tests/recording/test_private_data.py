"""What a run leaves on the disk is for the account of the service alone."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import ROOT, lienthong
from tests.recording.conftest import Cut


def modes(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_data_and_reports_are_private_whatever_the_umask_is(cut: Cut, tmp_path: Path, umask: int) -> None:
    recording, data, out = cut("few", "2023-11-01", "2023-11-02"), tmp_path / "data", tmp_path / "out"
    command = ["run", "--recording", recording, "--until-done", "--data", data, "--out", out]
    done = subprocess.run(
        [sys.executable, "-m", "lienthong.cli", *map(str, command)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        umask=umask,
    )
    assert done.returncode == 0, done.stderr
    for folder in (data, out):
        found = modes(folder)
        assert len(found) > 2
        wrong = {name: oct(mode) for name, mode in found.items() if mode & 0o077}
        assert wrong == {}


def test_the_doctor_warns_of_a_data_directory_that_others_can_read(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert lienthong("migrate", "--data", data).returncode == 0
    assert (data / "lienthong.db").stat().st_mode & 0o077 == 0
    data.chmod(0o755)
    (data / "lienthong.db").chmod(0o644)
    shown = lienthong("doctor", "--data", data, LIENTHONG_LANG="en").stdout
    assert "other accounts can read 2 files and folders" in shown and f"chmod -R go= {data}" in shown
    assert lienthong("migrate", "--data", data).returncode == 0
    assert "other accounts" not in lienthong("doctor", "--data", data, LIENTHONG_LANG="en").stdout
