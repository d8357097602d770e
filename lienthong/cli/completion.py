"""`--install-completion` and `--show-completion`: Typer's, in the reader's language."""

import contextlib
import io
from typing import Any, NoReturn

import typer
from typer.completion import install, show_callback  # type: ignore[attr-defined]  # it is there, undeclared

from lienthong.cli.context import fail
from lienthong.messages import message


def translate_completion_options(parameters: list[Any]) -> None:
    """Give the two options among Typer's `parameters` their texts and answers in the reader's language."""
    for parameter in parameters:
        if parameter.name == "install_completion":
            parameter.help = message("Install completion for the shell that is in use.")
            parameter.callback = _install
        elif parameter.name == "show_completion":
            parameter.help = message("Show the completion script of the shell that is in use.")
            parameter.callback = _show


def _install(ctx: Any, _: Any, wanted: Any) -> None:
    if wanted and not ctx.resilient_parsing:
        answer = io.StringIO()
        try:
            with contextlib.redirect_stdout(answer):  # what Typer writes there is English
                shell, path = install(shell=_named(wanted))
        except typer.Exit:
            _fail()
        typer.echo(
            message(
                "Completion for {shell} is installed in {path}. It works in terminals opened from now on.",
                shell=shell,
                path=path,
            )
        )
        raise typer.Exit


def _show(ctx: Any, parameter: Any, wanted: Any) -> None:
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            show_callback(ctx, parameter, _named(wanted) or wanted)
    except typer.Exit:
        _fail()


def _named(wanted: Any) -> str | None:
    return wanted if isinstance(wanted, str) else None


def _fail() -> NoReturn:
    fail(message("The shell was not recognised. Completion exists for bash, zsh, fish and PowerShell."))
