"""The commands `lienthong backup` and `lienthong restore`."""

from pathlib import Path
from typing import Annotated

import typer

from lienthong.messages import message
from lienthong.runtime.project import Project


def backup(
    project: Project,
    target: Annotated[
        Path,
        typer.Argument(
            metavar=message("FILE"), help=message("The new file, or a folder in which it is named by the time.")
        ),
    ],
) -> None:
    from lienthong.cli import backing_up, context

    backing_up.back_up(context.console(), project, target)


def restore(
    project: Project,
    file: Annotated[Path, typer.Argument(metavar=message("FILE"), help=message("A file of `lienthong backup`."))],
) -> None:
    from lienthong.cli import backing_up, context

    backing_up.restore(context.console(), project, file)
