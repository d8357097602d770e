"""`lienthong init`: makes a project and names the next commands."""

import subprocess
import sys
from pathlib import Path

import typer

from lienthong.messages import message
from lienthong.scaffold import make_project

COMMAND_WIDTH = 28
"""Columns of the longest command."""


def init(folder: Path) -> None:
    """Make a project in `folder`. Raises `NotEmpty` when something is in it already."""
    make_project(folder)
    _write_schemas(folder)
    typer.echo(message("A new project stands in {folder}. Next:", folder=folder))
    typer.echo("")
    for command, purpose in (
        (f"cd {folder}", message("go there; every command finds the project from its folder")),
        ("lienthong run --until-done", message("receive the sample orders, process them, end")),
        ("lienthong trail A-1001", message("see what happened to one of them")),
        ("lienthong check", message("check the configuration after an edit")),
        ("lienthong test", message("run the cases beside the routes")),
    ):
        typer.echo(f"  {command:<{COMMAND_WIDTH}}  # {purpose}")
    typer.echo("")
    typer.echo(message("{folder}/README.md explains the rest on one page.", folder=folder))


def _write_schemas(folder: Path) -> None:
    """Write the schemas for editors that the project's YAML refers to.

    A process of its own imports the project's code, which this one does not need. Without the schemas a project works
    all the same, so a failure is not shown; `lienthong schema` shows it.
    """
    command = [sys.executable, "-m", "lienthong", "schema", "--project", str(folder)]
    subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - the engine itself, no shell
