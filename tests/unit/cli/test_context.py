"""What goes wrong in a command becomes words in one language and an exit code."""

import errno
import os
from pathlib import Path

import pytest
import typer

from lienthong.cli.context import FAULT, USAGE, error_boundary
from lienthong.errors import Finding, Misconfigured, Transient, WrongUse


def answer(error: BaseException, capsys: pytest.CaptureFixture[str], data: Path | None = None) -> tuple[int, str]:
    """Exit code and stderr of a command that raises `error`."""
    with pytest.raises(typer.Exit) as ended, error_boundary(data):
        raise error
    return ended.value.exit_code, capsys.readouterr().err.strip()


def test_errors_of_the_engine_have_their_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(WrongUse("viết cách khác"), capsys) == (USAGE, "viết cách khác")
    assert answer(Transient("máy chủ bận"), capsys) == (FAULT, "Không làm được: máy chủ bận")
    finding = Finding("config/bus.yaml", 3, 1, "LT201", "what", "advice")
    code, text = answer(Misconfigured([finding, finding]), capsys)
    assert code == FAULT and text.count("config/bus.yaml:3:1") == 2 and "2 lỗi" in text


@pytest.mark.parametrize(
    ("number", "vietnamese", "english"),
    [
        (errno.EACCES, "không có quyền", "permission denied"),
        (errno.ENOSPC, "ổ đĩa đã đầy", "the disk is full"),
        (errno.ELOOP, "hệ điều hành báo `ELOOP`", "the operating system reports `ELOOP`"),
    ],
)
def test_the_operating_systems_reason_is_in_the_readers_language(
    number: int, vietnamese: str, english: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for language, reason in (("vi", vietnamese), ("en", english)):
        monkeypatch.setenv("LIENTHONG_LANG", language)
        code, text = answer(OSError(number, os.strerror(number), "/some/file"), capsys)
        assert code == FAULT and "/some/file" in text and text.endswith(reason)
        assert os.strerror(number) not in text


def test_an_unexpected_error_is_logged_and_shown_without_a_traceback(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, text = answer(ZeroDivisionError("some detail"), capsys, tmp_path)
    log = tmp_path / "logs" / "lienthong.jsonl"
    assert code == FAULT and str(log) in text and "some detail" not in text
    assert "some detail" in log.read_text(encoding="utf-8")
    assert answer(ZeroDivisionError("some detail"), capsys) == (
        FAULT,
        "Lỗi ngoài dự kiến (ZeroDivisionError): “some detail”",
    )
