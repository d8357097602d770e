"""Where a password is read from: the first line of a file, which has to be text."""

from pathlib import Path

import pytest

from lienthong.cli.persons import read_password
from lienthong.errors import WrongUse


@pytest.mark.parametrize("text", ["mật khẩu dài\n", "mật khẩu dài", "mật khẩu dài\r\nanother line\n"])
def test_the_first_line_is_the_password(text: str, tmp_path: Path) -> None:
    (tmp_path / "password").write_bytes(text.encode())
    assert read_password(tmp_path / "password") == "mật khẩu dài"


def test_a_file_that_is_no_text_is_refused_and_named(tmp_path: Path) -> None:
    (tmp_path / "password").write_bytes(b"\xff\xfe\x00secret\n")
    with pytest.raises(WrongUse, match=r"password .*UTF-8"):
        read_password(tmp_path / "password")
