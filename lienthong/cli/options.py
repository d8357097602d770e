"""Options that many commands take."""

from typing import Annotated

import typer

from lienthong.messages import message

AsJson = Annotated[bool, typer.Option("--json", help=message("Print JSON for other programs to read."))]
Everything = Annotated[
    bool, typer.Option("--all", help=message("Everything, not only what was written since the last verification."))
]
Since = Annotated[
    str,
    typer.Option(
        "--since",
        metavar=message("TIME"),
        help=message("Only what happened since then: `2h` ago, `7d` ago, `2023-11-15`, `2023-11-15T08:30`."),
    ),
]
Limit = Annotated[
    int | None,
    typer.Option(
        "--limit",
        min=0,
        metavar=message("NUMBER"),
        help=message("How many are shown, 0 for all; if not given 50, and with `--json` all."),
    ),
]
As = Annotated[
    str,
    typer.Option(
        "--as",
        metavar=message("PERSON"),
        help=message("The name of the person who acts; if not given LIENTHONG_USER, then the account."),
    ),
]
Watch = Annotated[
    int | None,
    typer.Option(
        "--watch",
        min=1,
        metavar=message("SECONDS"),
        help=message("Show it again every so many seconds, until `Ctrl+C`."),
    ),
]
