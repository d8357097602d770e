"""Options that many commands take."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    Path,
    typer.Option("--data", envvar="LIENTHONG_DATA", help="Thư mục dữ liệu: cơ sở dữ liệu nhúng và nhật ký."),
]
AsJson = Annotated[bool, typer.Option("--json", help="In JSON cho chương trình khác đọc.")]
VAR = Path("var")
