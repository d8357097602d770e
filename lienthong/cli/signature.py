"""The commands of `lienthong signature`. Heavy rooms are imported inside, so that `--help` answers at once."""

from pathlib import Path
from typing import Annotated

import typer

from lienthong.cli.options import AsJson
from lienthong.cli.typer_app import App
from lienthong.messages import message

signature = App(help=message("Signatures: whether the signatures of a file hold."))


@signature.command(
    "check",
    help=message(
        "Judge the signatures of a PDF or XML file, offline, in the words of ETSI EN 319 102-1. The exit code is 0 "
        "when all of them hold."
    ),
)
def check(
    *,
    file: Annotated[Path, typer.Argument(metavar=message("FILE"), help=message("The signed file."))],
    trust: Annotated[
        Path | None,
        typer.Option(
            metavar=message("DIR"),
            help=message(
                "The trust folder with `policy.yaml`. Without it: `LIENTHONG_TRUST`, then `config/trust` in the "
                "project."
            ),
        ),
    ] = None,
    profile: Annotated[
        str,
        typer.Option(
            metavar=message("NAME"), help=message("The trust profile of the policy; if not given its default one.")
        ),
    ] = "",
    at: Annotated[
        str,
        typer.Option(
            metavar=message("TIME"),
            help=message("The moment of judging: `2026-11-20T09:00:00+07:00`, `2026-11-20`; if not given now."),
        ),
    ] = "",
    known_since: Annotated[
        str,
        typer.Option(
            metavar=message("TIME"),
            help=message(
                "The file is known to exist since this moment, such as its upload: its signatures are no younger."
            ),
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    from lienthong.cli import context
    from lienthong.cli.signature_check import Asked, show_verdict

    raise typer.Exit(
        show_verdict(context.console(), file, trust, asked=Asked(profile, at, known_since), as_json=as_json)
    )
