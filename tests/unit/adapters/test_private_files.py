"""Other accounts read nothing of a data directory, whatever the umask is."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from lienthong.adapters.private_files import (
    make_private_by_default,
    make_private_file,
    make_private_folder,
    open_to_others,
    outgoing_mode,
)


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o277])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    former = os.umask(request.param)
    yield
    os.umask(former)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("umask")
def test_a_new_file_is_private(tmp_path: Path) -> None:
    file = tmp_path / "lienthong.db"
    make_private_file(file)
    make_private_file(file)
    assert mode(file) == 0o600


@pytest.mark.parametrize("given", [0o000, 0o022])
def test_a_new_folder_is_private(given: int, tmp_path: Path) -> None:
    former = os.umask(given)
    try:
        make_private_folder(tmp_path / "a" / "data")
    finally:
        os.umask(former)
    assert mode(tmp_path / "a" / "data") == 0o700


def test_what_was_open_is_tightened_with_one_line_in_the_log(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "logs").mkdir(parents=True)
    (data / "logs").chmod(0o755)
    for name in ("lienthong.db", "lienthong.db-wal", "logs/lienthong.jsonl", "notes.txt"):
        (data / name).write_text("x", encoding="utf-8")
        (data / name).chmod(0o664)
    (tmp_path / "elsewhere").write_text("x", encoding="utf-8")
    (tmp_path / "elsewhere").chmod(0o644)
    (data / "lienthong.link").symlink_to(tmp_path / "elsewhere")
    data.chmod(0o755)
    assert len(list(open_to_others(data))) == 5
    with structlog.testing.capture_logs() as lines:
        make_private_folder(data)
        make_private_folder(data)
    assert [line["changed"] for line in lines] == [5]
    assert list(open_to_others(data)) == []
    assert {mode(data), mode(data / "logs")} == {0o700}
    assert {mode(data / "lienthong.db"), mode(data / "logs" / "lienthong.jsonl")} == {0o600}
    assert mode(data / "notes.txt") == 0o664, "what the bus did not make is left alone"
    assert mode(tmp_path / "elsewhere") == 0o644, "a link is not followed"


def test_files_for_other_systems_have_the_mode_that_the_operator_wants(monkeypatch: pytest.MonkeyPatch) -> None:
    former = os.umask(0o027)
    try:
        monkeypatch.setattr("lienthong.adapters.private_files._given_umask", None)
        make_private_by_default()
        make_private_by_default()
        assert outgoing_mode(0o666) == 0o640
        assert os.umask(0) == 0o077
    finally:
        os.umask(former)


def test_a_folder_for_all_accounts_keeps_its_mode(tmp_path: Path) -> None:
    data = tmp_path / "shared"
    data.mkdir()
    data.chmod(0o1777)
    make_private_folder(data)
    assert stat.S_IMODE(data.stat().st_mode) == 0o1777
