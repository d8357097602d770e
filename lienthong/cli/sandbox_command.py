"""`lienthong sandbox`: the project's stand-ins for the outside systems, in a process of their own."""

from pathlib import Path
from typing import Annotated

import typer

from lienthong.messages import message
from lienthong.runtime.project import Project


def sandbox(
    project: Project,
    *,
    recording: Annotated[Path, typer.Option(metavar=message("DIR"), help=message("The folder of the recording."))],
    host: Annotated[
        str, typer.Option(metavar=message("HOST"), help=message("The address to listen on."))
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar=message("PORT"), help=message("The port to listen on."))] = 8600,
) -> None:
    import subprocess

    from lienthong.runtime.playback import sandbox_command

    command, environment = sandbox_command(project.folder, recording)
    place = ["--host", host, "--port", str(port)]
    raise typer.Exit(subprocess.run([*command, *place], check=False, env=environment).returncode)  # noqa: S603 - the project's own module, no shell
