"""`lienthong archive DOSSIER --out FILE`: one package of a dossier that is verified without the bus."""

from pathlib import Path
from typing import Annotated

import typer

from lienthong.cli.options import As, AsJson
from lienthong.messages import message, message_n
from lienthong.runtime.project import Project


def archive(
    project: Project,
    dossier: Annotated[str, typer.Argument(metavar=message("DOSSIER"), help=message("The code of a dossier."))],
    *,
    out: Annotated[Path, typer.Option(metavar=message("FILE"), help=message("The package to write, a ZIP."))],
    reason: Annotated[
        str, typer.Option("--reason", metavar=message("TEXT"), help=message("Why; it is written to the ledger."))
    ] = "",
    person: As = "",
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import clients, context
    from lienthong.cli.files import open_files_of
    from lienthong.cli.output import print_json, print_text
    from lienthong.operations import archive
    from lienthong.runtime.files import archived_documents

    act = clients.act(project, person, reason)
    with open_files_of(project) as storage:
        documents = archived_documents(storage.settings)
        site, files, ledger = storage.site, storage.files, storage.ledger
        done = archive.archive(dossier, out, documents, site=site, files=files, ledger=ledger, act=act)
    if as_json:
        print_json(done._asdict())
    else:
        console = context.console()
        for digest in done.missing:
            print_text(console, message("{digest} is missing", digest=digest), "red")
        bodies = message_n("{count} body", "{count} bodies", count=done.bodies)
        print_text(console, message("{bodies} and the trail are in {file}.", bodies=bodies, file=out))
        print_text(console, message("Unpack it, then check it with `sha256sum --check SHA256SUMS`."))
    raise typer.Exit(context.FAULT if done.missing else context.OK)
