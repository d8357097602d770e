"""`lienthong queues unreadable` and what `doctor` shows of messages set aside."""

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from lienthong.adapters.set_aside_folder import FolderSetAside
from lienthong.cli import context
from lienthong.cli.set_aside import show_messages
from lienthong.operations.health_items import Installation
from lienthong.operations.message_health import examine_messages
from lienthong.runtime.project import Project


def project(data: Path) -> Project:
    return Project(data, data, {})


def set_one_aside(data: Path) -> None:
    now = datetime(2023, 11, 1, tzinfo=UTC)
    FolderSetAside(data).add("unreadable", b"\xff", {"turn": "x"}, queue="route.a", why="the header \x1b[31m", now=now)


def test_messages_are_listed_and_removed_and_the_exit_code_shows_whether_any_is_left(tmp_path: Path) -> None:
    set_one_aside(tmp_path)
    console = Console(width=160, record=True)
    show = {"save": None, "as_json": False}
    assert show_messages(console, project(tmp_path), "unreadable", remove=(), **show) == context.FAULT
    text = console.export_text()
    assert "route.a" in text and "\x1b" not in text
    assert show_messages(console, project(tmp_path), "unreadable", remove=["all"], **show) == context.OK


def test_the_files_of_a_message_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    set_one_aside(tmp_path)
    modes = {file.stat().st_mode & 0o777 for file in (tmp_path / "set-aside").iterdir()}
    assert (modes, (tmp_path / "set-aside").stat().st_mode & 0o777) == ({0o600}, 0o700)


def test_the_doctor_fails_while_messages_are_set_aside(tmp_path: Path) -> None:
    installation = Installation(tmp_path, {}, tmp_path, broker="memory://", database="")
    assert [item.state for item in examine_messages(installation)] == ["ok"]
    set_one_aside(tmp_path)
    assert [item.state for item in examine_messages(installation)] == ["fail"]
