"""What every command needs: a console, the acting person, and the one place where errors become words and a number."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from lienthong.data.harmless import harmless
from lienthong.errors import LienthongError, Misconfigured, WrongUse
from lienthong.messages import LANGUAGES, message, message_n, unknown_language
from lienthong.messages import VARIABLE as LANGUAGE_VARIABLE
from lienthong.messages.os_errors import os_reason

if TYPE_CHECKING:
    from rich.console import Console

    from lienthong.dead_letters.actor import Actor
    from lienthong.runtime.log_form import LogForm
    from lienthong.runtime.project import Project

OK, FAULT, USAGE = 0, 1, 2
"""Exit codes: fine, something is wrong with the data or the system, wrong use."""

PIPE_WIDTH = 160
"""Columns of a table that is not written to a terminal."""


def console() -> "Console":
    """Where answers are written."""
    from lienthong.cli.safe_console import SafeConsole

    return SafeConsole() if sys.stdout.isatty() else SafeConsole(width=PIPE_WIDTH)


def service_console(project: "Project") -> "Console":
    """Where a process that serves writes for people: standard error when standard output has its log."""
    from lienthong.cli.safe_console import SafeConsole
    from lienthong.runtime.log_form import log_form

    if log_form(project.variables) == "file":
        return console()
    return SafeConsole(stderr=True) if sys.stderr.isatty() else SafeConsole(stderr=True, width=PIPE_WIDTH)


def fail(text: str, code: int = FAULT, *, lines: bool = False) -> NoReturn:
    """Write one paragraph to stderr and end the command. With `lines` the line breaks in it count."""
    typer.echo(harmless(text, lines=lines), err=True)
    raise typer.Exit(code)


def refuse_unknown_language() -> None:
    """End the command when LIENTHONG_LANG names a language that is not known. The sentence stands in all languages:
    which one this person reads is not known.
    """
    named = unknown_language()
    if named:
        text = message(
            "{variable}={value} is not known; write `vi` or `en`.", variable=LANGUAGE_VARIABLE, value=repr(named)
        )
        fail("\n".join(text.render(language) for language in LANGUAGES), USAGE, lines=True)


def acting_person(project: "Project", named: str) -> "Actor":
    """The person who acts: `--as`, else LIENTHONG_USER, else the account."""
    from lienthong.cli.login import current_login
    from lienthong.dead_letters.actor import make_actor

    return make_actor(named, project.variables, current_login())


@contextmanager
def error_boundary(data: Path | None = None, form: "LogForm" = "file", *, serves: bool = False) -> Iterator[None]:
    """Turn what goes wrong into words and an exit code; the details of an unexpected error are logged.

    Without `data` there is no log. `serves`: the log of a process that serves may stand on standard output, and it has
    the reason why the process does not start.
    """
    try:
        if data is not None:
            from lienthong.runtime.logging_setup import configure_logging

            configure_logging(data, form, sys.stdout if serves else sys.stderr)
        yield
    except LienthongError as error:
        if serves and not isinstance(error, WrongUse):
            _log_refusal(error)
        _fail_as_expected(error)
    except BrokenPipeError:
        sys.stderr.close()
        raise typer.Exit(FAULT) from None
    except (typer.Exit, typer.Abort, KeyboardInterrupt):
        raise
    except OSError as error:
        _fail_by_system(error)
    except Exception as error:  # noqa: BLE001 - no traceback ever reaches a person
        _fail_unexpectedly(error, data, form)


def _log_refusal(error: LienthongError) -> None:
    import structlog

    log = structlog.get_logger(__name__)
    if isinstance(error, Misconfigured):
        for finding in error.findings:
            log.error("configuration refused", place=finding.location, code=finding.code, why=finding.what)
    else:
        log.error("not started, or ended", error=type(error).__name__, why=str(error))


def _fail_as_expected(error: LienthongError) -> NoReturn:
    if isinstance(error, Misconfigured):
        for finding in error.findings:
            typer.echo(harmless(str(finding)), err=True)
        fail(
            message_n(
                "The configuration has {count} error; nothing was started.",
                "The configuration has {count} errors; nothing was started.",
                count=len(error.findings),
            )
        )
    if isinstance(error, WrongUse):
        fail(str(error), USAGE)
    fail(message("It could not be done: {why}", why=_as_value(error)), lines=error.has_lines)


def _fail_by_system(error: OSError) -> NoReturn:
    if not error.filename:
        fail(message("The operating system refused: {why}", why=os_reason(error)))
    fail(message("{file} cannot be read or written: {why}", file=error.filename, why=os_reason(error)))


def _as_value(error: Exception) -> object:
    """The error's message itself, so that it is rendered in the language of the sentence around it."""
    return error.args[0] if len(error.args) == 1 else error


def _fail_unexpectedly(error: Exception, data: Path | None, form: "LogForm") -> NoReturn:
    import structlog

    from lienthong.adapters.sql.health import driver_text

    text = driver_text(error)
    if text is not None:
        fail(
            message(
                "The database cannot be used; it reports “{why}”. Leave its files as they are and see "
                "`lienthong doctor`.",
                why=text,
            )
        )
    kind = type(error).__name__
    if data is None:
        fail(message("Unexpected error ({kind}): “{error}”", kind=kind, error=error))
    structlog.get_logger(__name__).exception("unexpected error")
    if form != "file":
        fail(message("Unexpected error ({kind}); the details are in the log.", kind=kind))
    from lienthong.runtime.logging_setup import log_file

    fail(message("Unexpected error ({kind}); the details are in {file}.", kind=kind, file=log_file(data)))
