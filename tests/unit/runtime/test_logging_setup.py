"""Where the log goes, and that no line is lost while files are rotated."""

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from lienthong.errors import WrongUse
from lienthong.runtime import log_file
from lienthong.runtime.log_form import log_form
from lienthong.runtime.logging_setup import configure_logging

EVIL = "\x1b[2J\x9b1m\u202e\nforged line"


@pytest.fixture(autouse=True)
def former_logging() -> Iterator[None]:
    handlers, level, former = logging.root.handlers, logging.root.level, structlog.get_config()
    yield
    for handler in logging.root.handlers:
        handler.close()
    logging.root.handlers, logging.root.level = handlers, level
    structlog.configure(**former)


def lines(folder: Path) -> list[str]:
    return [line for path in sorted((folder / "logs").glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]


def test_json_on_a_stream_is_one_harmless_line_an_event_and_the_data_directory_stays_as_it_is(tmp_path: Path) -> None:
    stream = io.StringIO()
    configure_logging(tmp_path, "json", stream)
    structlog.get_logger("a").warning("event is dead", why=f"số 052085001234 {EVIL}", events=2)
    logging.getLogger("b").error("plain %s", EVIL)
    first, second = stream.getvalue().splitlines()
    assert "\x9b" not in first + second and "\u202e" not in first + second
    entry = json.loads(first)
    assert (entry["event"], entry["events"], entry["level"], entry["pid"]) == (
        "event is dead",
        2,
        "warning",
        os.getpid(),
    )
    assert "052085001234" not in first and "forged line" in entry["why"]
    assert json.loads(second)["logger"] == "b" and not list(tmp_path.iterdir())


def test_the_log_for_people_is_one_harmless_line_an_event_and_an_exception_has_its_own(tmp_path: Path) -> None:
    stream = io.StringIO()
    configure_logging(tmp_path, "console", stream)
    structlog.get_logger("a").warning("event is dead", why=EVIL)
    assert stream.getvalue().count("\n") == 1 and "forged line" in stream.getvalue()
    assert not {"\x1b", "\x9b", "\u202e"} & set(stream.getvalue())
    try:
        raise ValueError(EVIL)
    except ValueError:
        structlog.get_logger("a").exception("undeclared error")
    text = stream.getvalue()
    assert "Traceback" in text and "\x9b" not in text and "\u202e" not in text


@pytest.mark.parametrize(("value", "form"), [("", "file"), (" JSON ", "json"), ("console", "console")])
def test_the_variable_chooses(value: str, form: str) -> None:
    assert log_form({"LIENTHONG_LOG": value}) == form and log_form({}) == "file"


def test_an_unknown_word_is_refused_with_those_there_are() -> None:
    with pytest.raises(WrongUse, match=r"'xml'.*`json`.*`console`.*`file`"):
        log_form({"LIENTHONG_LOG": "xml"})


def test_a_log_file_that_others_renamed_is_followed(tmp_path: Path) -> None:
    configure_logging(tmp_path)
    log = structlog.get_logger("a")
    log.warning("one")
    file = tmp_path / "logs" / "lienthong.jsonl"
    assert file.stat().st_mode & 0o077 == 0
    file.rename(file.with_name("lienthong.old.jsonl"))
    log.warning("two")
    assert [json.loads(line)["event"] for line in file.read_text("utf-8").splitlines()] == ["two"]
    assert len(lines(tmp_path)) == 2


WRITE = """
import sys
from pathlib import Path
import structlog
from lienthong.runtime import log_file
from lienthong.runtime.logging_setup import configure_logging
log_file.ROTATE_AT_BYTES, log_file.CHECK_EVERY = 20_000, 3
configure_logging(Path(sys.argv[1]))
log = structlog.get_logger("a")
for number in range(500):
    log.warning("line", writer=sys.argv[2], number=number)
"""


@pytest.mark.slow
def test_many_processes_rotate_the_file_and_no_line_is_lost(tmp_path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITE, str(tmp_path), str(n)]) for n in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    written = [json.loads(line) for line in lines(tmp_path)]
    assert len({(one["writer"], one["number"]) for one in written}) == len(written) == 1500
    assert len(list((tmp_path / "logs").glob("*.jsonl"))) > 3


def test_the_oldest_files_are_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_file, "ROTATE_AT_BYTES", 10)
    monkeypatch.setattr(log_file, "KEPT_FILES", 2)
    file = tmp_path / "lienthong.jsonl"
    for number in range(5):
        file.write_text(f"{number} and more than ten bytes")
        log_file.rotate(file)
    assert [path.read_text()[0] for path in sorted(tmp_path.glob("*.jsonl"))] == ["3", "4"]
    log_file.rotate(file)


def test_a_log_that_cannot_be_written_stops_no_work(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("no folder")
    configure_logging(tmp_path)
    structlog.get_logger("a").error("nowhere to write")
