"""Bodies of files as operators see them: missing and damaged ones, the doctor's line, and the list in a backup."""

import io
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.files.folder import FolderFiles
from lienthong.adapters.files.named import NamedFiles
from lienthong.adapters.sql.file_names import SqlFileNames, write_file_list
from lienthong.operations.file_health import LEAST_FREE, examine_files
from lienthong.operations.files import check_files
from lienthong.operations.health_items import HealthItem, Installation
from tests.databases import open_embedded


class Place:
    def __init__(self, folder: Path) -> None:
        self.folder, self.store = folder, FolderFiles(folder / "files")
        self.database = open_embedded(folder)
        self.names = SqlFileNames(self.database)
        self.files = NamedFiles(self.store, self.names, SystemClock())
        self.digests = [self.files.put(io.BytesIO(bytes([number]) * 100)).digest for number in range(4)]

    def path(self, number: int) -> Path:
        name = self.digests[number].removeprefix("sha256:")
        return self.folder / "files" / "sha256" / name[:2] / name

    def doctor(self) -> HealthItem:
        (item,) = examine_files(Installation(self.folder, {}, self.folder, broker="memory://", database=""))
        return item


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("LIENTHONG_LANG", "en")
    return Place(tmp_path)


def test_sound_bodies(place: Place) -> None:
    found = check_files(place.files, place.names, None)
    assert found.is_sound and (found.read, found.size) == (4, 400)


def test_missing_damaged_and_unreadable_bodies(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.path(0).unlink()
    place.path(1).write_bytes(b"changed")
    place.path(2).unlink()
    place.path(2).mkdir()
    found = check_files(place.files, place.names, None)
    assert (found.read, found.missing, found.damaged, found.unread) == (
        2,
        [place.digests[0]],
        [place.digests[1]],
        [place.digests[2]],
    )
    assert not found.is_sound


def test_a_missing_body_that_no_row_names_is_what_a_broken_upload_left(place: Place) -> None:
    place.path(0).unlink()
    place.path(1).unlink()

    def kept(connection: Any, digests: Sequence[str]) -> Sequence[str]:
        return [place.digests[1]]

    assert check_files(place.files, place.names, kept).missing == [place.digests[1]]


def test_the_doctor_names_the_place_its_space_and_what_is_missing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = place.doctor()
    assert (item.state, str(place.folder / "files") in item.found, "4 bodies" in item.found) == ("ok", True, True)
    assert "GB free" in item.found
    place.path(3).write_bytes(b"shorter")
    item = place.doctor()
    assert item.state == "fail" and "1 of 4 is missing or not whole" in item.found and "files check" in item.advice
    place.files.put(io.BytesIO(bytes([3]) * 100))
    monkeypatch.setattr("shutil.disk_usage", lambda _: _Usage())
    assert place.doctor().state == "warn"


class _Usage:
    free = LEAST_FREE - 1


def test_the_list_of_a_backup_is_read_by_sha256sum(place: Place) -> None:
    listed = place.folder / "files.sha256"
    write_file_list(f"sqlite:///{place.folder / 'lienthong.db'}", listed)
    command = ["sha256sum", "--check", "--quiet", str(listed)]
    assert subprocess.run(command, cwd=place.folder / "files", check=False).returncode == 0
    place.path(0).write_bytes(b"changed")
    assert subprocess.run(command, cwd=place.folder / "files", check=False, capture_output=True).returncode == 1
