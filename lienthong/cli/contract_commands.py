"""The commands about schemas: those of configuration files, for editors, and those of events, for subscribers."""

from pathlib import Path
from typing import Annotated

import typer

from lienthong.cli.options import AsJson
from lienthong.messages import message
from lienthong.runtime.project import Project


def schema(
    project: Project,
    *,
    out: Annotated[
        Path | None,
        typer.Option(metavar=message("DIR"), help=message("Where to write; `.lienthong/schemas` by default.")),
    ] = None,
    contracts: Annotated[
        bool,
        typer.Option(
            "--contracts",
            help=message(
                "Instead, release the schemas of the announced event types: write them into `docs/contracts/`. "
                "A change that breaks readers is refused."
            ),
        ),
    ] = False,
) -> None:
    from lienthong.cli import context, schemas

    if contracts:
        schemas.release(context.console(), project)
    else:
        schemas.write(context.console(), project, out)


def asyncapi(project: Project, *, as_json: AsJson = False) -> None:
    from lienthong.cli import asyncapi as contract

    contract.write(project, as_json=as_json)
