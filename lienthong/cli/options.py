"""Options that many commands take."""

from typing import Annotated

import typer

from lienthong.messages import message

AsJson = Annotated[bool, typer.Option("--json", help=message("Print JSON for other programs to read."))]
