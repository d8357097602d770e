"""From options and environment to checked settings; and the one place where errors become a paragraph and a number."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer
from sqlalchemy.exc import DatabaseError

from lienthong.errors import LienthongError, Misconfigured
from lienthong.runtime.endpoints import EMBEDDED_BROKER, Endpoints
from lienthong.runtime.roles import WrongRole

if TYPE_CHECKING:
    from rich.console import Console
    from sqlalchemy import Engine

    from lienthong.dead_letters.actor import Actor
    from lienthong.dead_letters.model import LetterStore
    from lienthong.ports import Ledger
    from lienthong.settings import Settings

OK, FAULT, USAGE = 0, 1, 2


def say(text: str) -> None:
    """A sentence for the person, on stderr."""
    typer.echo(text, err=True)


def console() -> "Console":
    """Where answers are written. A pipe gets wide lines: whatever reads it can cut them itself."""
    from rich.console import Console

    return Console() if sys.stdout.isatty() else Console(width=160)


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


def places(data: Path) -> Endpoints:
    """The data directory, and the servers the environment names."""
    return Endpoints(
        data,
        broker=os.environ.get("LIENTHONG_BROKER", EMBEDDED_BROKER),
        database=os.environ.get("LIENTHONG_DATABASE", ""),
    )


def settings(variables: Mapping[str, str] | None = None) -> "Settings":
    """The configuration, checked as `lienthong check` does. Raises `Misconfigured` with every error found."""
    from lienthong.configuration.check import examine

    found, findings = examine(root(), {**os.environ, **(variables or {})})
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        raise Misconfigured(errors)
    return found


def readable_settings() -> "Settings":
    """What of the configuration can be understood, whatever is wrong with the rest: for looking, not for running."""
    from lienthong.configuration.load import load
    from lienthong.settings import Settings

    try:
        return load(root(), os.environ)[0]
    except OSError:
        return Settings()


def acting(named: str) -> "Actor":
    """Who does what is asked for: --as, else LIENTHONG_USER, else the account."""
    import getpass

    from lienthong.dead_letters.actor import make_actor

    return make_actor(named, os.environ, getpass.getuser())


def check_period(period: str) -> None:
    """A month such as 2023-11, or out."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", period):
        fail(f"Kỳ báo cáo {period!r} không đúng; hãy viết năm-tháng, ví dụ 2023-11.", USAGE)


@contextmanager
def ledger(data: Path) -> Iterator["Ledger"]:
    """The ledger of a data directory that must already be there. Needs no configuration: it answers at 3 a.m. too."""
    from lienthong.adapters.clock import SystemClock
    from lienthong.adapters.sql.ledger import SqlLedger

    with _database(data) as database:
        yield SqlLedger(database, SystemClock())


@contextmanager
def letter_store(data: Path) -> Iterator["LetterStore"]:
    """The desk for dead letters of a data directory that must already be there."""
    from lienthong.adapters.clock import SystemClock
    from lienthong.adapters.sql.ledger import SqlLedger
    from lienthong.adapters.sql.letter_store import make_letter_store

    with _database(data) as database:
        clock = SystemClock()
        yield make_letter_store(database, SqlLedger(database, clock), clock)


@contextmanager
def _database(data: Path) -> Iterator["Engine"]:
    from lienthong.adapters.sql.database import open_database

    where = places(data)
    if not where.database and not (data / "lienthong.db").exists():
        fail(f"Thư mục dữ liệu {data} chưa có sổ cái; hãy chạy `lienthong run` trước, hoặc chỉ đúng chỗ bằng --data.")
    database = open_database(where.database_url())
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def answering(data: Path | None = None) -> Iterator[None]:
    """Turn what goes wrong into words and an exit code; details of the unforeseen go to the logbook."""
    try:
        if data is not None:
            from lienthong.runtime.logging_setup import configure_logging

            configure_logging(data)
        yield
    except Misconfigured as error:
        for finding in error.findings:
            say(str(finding))
        fail(f"Cấu hình có {len(error.findings)} lỗi; chưa có gì được chạy.")
    except LienthongError as error:
        fail(f"Không làm được: {error}", USAGE if isinstance(error, WrongRole) else FAULT)
    except BrokenPipeError:
        sys.stderr.close()
        raise typer.Exit(FAULT) from None
    except (typer.Exit, typer.Abort, KeyboardInterrupt):
        raise
    except OSError as error:
        fail(f"Không đọc hoặc ghi được {error.filename or 'tệp'}: {error.strerror or error}")
    except DatabaseError as error:
        fail(f"Cơ sở dữ liệu không dùng được: {error.orig}. Hãy giữ nguyên tệp và xem `lienthong doctor`.")
    except Exception as error:  # noqa: BLE001 - no traceback ever reaches a user
        import structlog

        structlog.get_logger(__name__).exception("unforeseen")
        where = f"{data / 'logs' / 'lienthong.jsonl'}" if data else "nhật ký"
        fail(f"Lỗi ngoài dự kiến ({type(error).__name__}); chi tiết ghi trong {where}.")
