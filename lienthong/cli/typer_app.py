"""Typer as this command line uses it: commands that work on a project, and help pages in the reader's language."""

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from lienthong.cli.completion import translate_completion_options
from lienthong.cli.help_page import write_help
from lienthong.messages import message

ProjectFolder = Annotated[
    Path | None,
    typer.Option(
        "--project",
        metavar=message("DIR"),
        help=message(
            "The folder of the project. Without it: `LIENTHONG_PROJECT`, then the nearest folder with "
            "`config/bus.yaml`, from the working directory upward."
        ),
    ),
]
DataFolder = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar=message("DIR"),
        help=message(
            "The data directory, with the embedded database and the logs. Without it: `LIENTHONG_DATA`, then `var` in "
            "the project."
        ),
    ),
]


class Command(TyperCommand):
    """A command whose help page is in the reader's language."""

    def get_help_option(self, ctx: Any) -> Any:
        return _translate_help_option(super().get_help_option(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        write_help(self, ctx, formatter)


class Group(TyperGroup):
    """A group of commands whose help page is in the reader's language; the page is shown when no command is named."""

    def get_help_option(self, ctx: Any) -> Any:
        return _translate_help_option(super().get_help_option(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        write_help(self, ctx, formatter)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args and not ctx.resilient_parsing:
            typer.echo(ctx.get_help())
            ctx.exit(2)
        return super().parse_args(ctx, args)

    def get_params(self, ctx: Any) -> list[Any]:
        parameters = super().get_params(ctx)
        translate_completion_options(parameters)
        return parameters


def _translate_help_option(option: Any) -> Any:
    option.help = message("Show this help and exit.")
    return option


class App(typer.Typer):
    """A Typer whose commands may take the project.

    A command function whose first parameter is `project: Project` is given the open project, and its command takes
    `--project` and `--data`. Whatever goes wrong in a command ends in a paragraph and an exit code. `logs` is False for
    commands that start no work: they save the time to set up logging. `serves` is True for the one whose
    standard output may be its log.
    """

    def __init__(self, *, help: str, name: str | None = None) -> None:  # noqa: A002 - Typer's own name for it
        super().__init__(name=name, help=help, cls=Group, rich_markup_mode=None, pretty_exceptions_enable=False)

    def command(
        self, name: str | None = None, *, logs: bool = True, serves: bool = False, **options: Any
    ) -> Callable[[Any], Any]:
        register = super().command(name, cls=Command, **options)

        def add(function: Callable[..., None]) -> Callable[..., None]:
            takes_project = _takes_project(function)
            register(_with_project(function, logs=logs, serves=serves) if takes_project else _in_words(function))
            return function

        return add


def _takes_project(function: Callable[..., None]) -> bool:
    return next(iter(inspect.signature(function).parameters), "") == "project"


def _in_words(function: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(function)
    def command(**given: Any) -> None:
        from lienthong.cli.context import error_boundary, refuse_unknown_language

        refuse_unknown_language()
        with error_boundary():
            function(**given)

    return command


def _with_project(function: Callable[..., None], *, logs: bool, serves: bool) -> Callable[..., None]:
    @functools.wraps(function)
    def command(project_folder: Path | None, data_folder: Path | None, **given: Any) -> None:
        from lienthong.cli.context import error_boundary, refuse_unknown_language
        from lienthong.runtime.log_form import log_form
        from lienthong.runtime.project import open_project

        with error_boundary():
            project = open_project(project_folder, data_folder)
            refuse_unknown_language()
            form = log_form(project.variables)
        if not logs:
            with error_boundary():
                function(project, **given)
            return
        from lienthong.adapters.private_files import make_private_by_default

        make_private_by_default()
        with error_boundary(project.data, form, serves=serves):
            function(project, **given)

    # Typer reads options from the signature: the command's own, with --project and --data in place of the project.
    signature = inspect.signature(function)
    keyword = inspect.Parameter.KEYWORD_ONLY
    place = [
        inspect.Parameter("project_folder", keyword, default=None, annotation=ProjectFolder),
        inspect.Parameter("data_folder", keyword, default=None, annotation=DataFolder),
    ]
    parameters = [parameter.replace(kind=keyword) for parameter in list(signature.parameters.values())[1:]]
    command.__signature__ = signature.replace(parameters=[*parameters, *place])  # type: ignore[attr-defined]  # inspect reads it
    return command
