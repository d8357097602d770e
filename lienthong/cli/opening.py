"""From options and environment to checked settings; and the one place where errors become a paragraph and a number."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import typer

from lienthong.adapters.clock import SystemClock
from lienthong.errors import LienthongError, Misconfigured
from lienthong.settings import Settings
from lienthong.wiring import EMBEDDED_BROKER, Books, Places, open_books

OK, FAULT, USAGE = 0, 1, 2


def say(text: str) -> None:
    """A sentence for the person, on stderr."""
    typer.echo(text, err=True)


def fail(text: str, code: int = FAULT) -> NoReturn:
    """One readable paragraph, and out."""
    say(text)
    raise typer.Exit(code)


def root() -> Path:
    """Where routes/ and config/ are: LIENTHONG_ROOT, or here, or beside the engine."""
    named = os.environ.get("LIENTHONG_ROOT")
    if named:
        return Path(named)
    here = Path.cwd()
    return here if (here / "routes").is_dir() and (here / "config").is_dir() else Path(__file__).parents[2]


def places(data: Path) -> Places:
    """The data directory, and the servers the environment names."""
    return Places(
        data,
        broker=os.environ.get("LIENTHONG_BROKER", EMBEDDED_BROKER),
        database=os.environ.get("LIENTHONG_DATABASE", ""),
    )


def settings(variables: Mapping[str, str] | None = None) -> Settings:
    """The configuration, checked as `lienthong check` does. Raises `Misconfigured` with every error found."""
    from lienthong.check import check
    from lienthong.configuration.load import load

    known = {**os.environ, **(variables or {})}
    findings = [finding for finding in check(root(), known) if finding.level == "error"]
    if findings:
        raise Misconfigured(findings)
    return load(root(), known)[0]


def check_period(period: str) -> None:
    """A month such as 2023-11, or out."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", period):
        fail(f"Kỳ báo cáo {period!r} không đúng; hãy viết năm-tháng, ví dụ 2023-11.", USAGE)


@contextmanager
def books(data: Path) -> Iterator[Books]:
    """The ledger and store of a data directory that must already be there."""
    where = places(data)
    if not where.database and not (data / "lienthong.db").exists():
        fail(f"Thư mục dữ liệu {data} chưa có sổ cái; hãy chạy `lienthong run` trước, hoặc chỉ đúng chỗ bằng --data.")
    opened = open_books(settings(), where, SystemClock())
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def answering(data: Path | None = None) -> Iterator[None]:
    """Turn what goes wrong into words and an exit code; details of the unforeseen go to the logbook."""
    try:
        if data is not None:
            from lienthong.logbook import open_logbook

            open_logbook(data)
        yield
    except Misconfigured as error:
        for finding in error.findings:
            say(str(finding))
        fail(f"Cấu hình có {len(error.findings)} lỗi; chưa có gì được chạy.")
    except LienthongError as error:
        fail(f"Không làm được: {error}")
    except BrokenPipeError:
        sys.stderr.close()
        raise typer.Exit(FAULT) from None
    except (typer.Exit, typer.Abort, KeyboardInterrupt):
        raise
    except OSError as error:
        fail(f"Không đọc hoặc ghi được {error.filename or 'tệp'}: {error.strerror or error}")
    except Exception as error:  # noqa: BLE001 - no traceback ever reaches a user
        import structlog

        structlog.get_logger(__name__).exception("unforeseen")
        where = f"{data / 'logs' / 'lienthong.jsonl'}" if data else "nhật ký"
        fail(f"Lỗi ngoài dự kiến ({type(error).__name__}); chi tiết ghi trong {where}.")
