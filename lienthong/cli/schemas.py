"""`lienthong schema`: writes the JSON Schemas of the configuration files, for editors, and those of event types."""

from pathlib import Path

from rich.console import Console

from lienthong.cli.output import print_text
from lienthong.configuration.contracts import FOLDER as CONTRACTS
from lienthong.configuration.json_schema.write import FOLDER, write_schemas
from lienthong.configuration.releasing import release_contracts
from lienthong.messages import message, message_n
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


def release(console: Console, project: Project) -> None:
    """Write the contracts of what is announced. Raises `Misconfigured` when one of them would break its readers."""
    changed = release_contracts(project.folder, project.readable_settings())
    if not changed:
        print_text(console, message("The contracts in {folder} are up to date.", folder=CONTRACTS))
    for event_type in changed:
        print_text(console, message("Released: {type}.", type=event_type))
