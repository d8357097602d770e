"""`lienthong schema`: writes the JSON Schemas of the configuration files, for editors."""

from pathlib import Path

from rich.console import Console

from lienthong.configuration.json_schema.write import FOLDER, write_schemas
from lienthong.messages import message_n
from lienthong.runtime.project import Project


def write(console: Console, project: Project, out: Path | None) -> None:
    """Write them into `out`, by default the folder that the first lines of the project's files refer to."""
    folder = out or project.folder / FOLDER
    files = write_schemas(project.folder, folder, project.variables)
    console.print(
        message_n(
            "{count} schema is in {folder}. Editors read it where a file names it in its first line.",
            "{count} schemas are in {folder}. Editors read the one that a file names in its first line.",
            count=len(files),
            folder=folder,
        ),
        highlight=False,
        soft_wrap=True,
    )
