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
    push_to: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help=message("The address of the bus to which it pushes what the recording has to push, when it is due."),
        ),
    ] = None,
    push_key_file: Annotated[
        Path | None,
        typer.Option(metavar=message("FILE"), help=message("A file with the key that it sends with each push.")),
    ] = None,
) -> None:
    import subprocess

    from lienthong.runtime.playback import sandbox_command

    command, environment = sandbox_command(project.folder, recording)
    place = ["--host", host, "--port", str(port)]
    place += ["--push-to", push_to] if push_to else []
    place += ["--push-key-file", str(push_key_file)] if push_key_file else []
    raise typer.Exit(subprocess.run([*command, *place], check=False, env=environment).returncode)  # noqa: S603 - the project's own module, no shell
