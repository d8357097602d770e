"""The console script: `lienthong`, `python -m lienthong` and `python -m lienthong.cli`."""

import gc
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import typer

from lienthong.data.harmless import harmless
from lienthong.errors import LienthongError
from lienthong.messages import message
from lienthong.runtime.environment import load_env_file
from lienthong.runtime.project import find_project

PROGRAM = "lienthong"

_COLLECTED_EACH = 100_000
"""Python looks for garbage after 700 new objects, and for each command that is a third of its time: what is imported
and read stays until the end.
"""


def main() -> None:
    """Run the command line and leave with its exit code. No traceback ever reaches a person."""
    gc.set_threshold(_COLLECTED_EACH)
    # Help texts are made when the commands are imported, and the project's `.env` may choose their language. What is
    # wrong with the project is the command's to say: `--help` works wherever it is asked for.
    with suppress(LienthongError, OSError):
        load_env_file(find_project(_named_project(sys.argv[1:])))
    from lienthong.cli.app import app
    from lienthong.cli.usage_errors import TyperException, explain_usage_error

    try:
        code = app(prog_name=PROGRAM, standalone_mode=False)
    except TyperException as error:
        typer.echo(harmless(explain_usage_error(error)), err=True)
        code = error.exit_code
    except typer.Abort:
        typer.echo(message("Stopped."), err=True)
        code = 1
    except Exception as error:  # noqa: BLE001 - the last line of defence
        text = message("Unexpected error ({kind}): “{error}”", kind=type(error).__name__, error=error)
        typer.echo(harmless(text), err=True)
        code = 1
    gc.freeze()  # else the interpreter looks through all that there is once more before it ends
    sys.exit(code or 0)


def _named_project(arguments: Sequence[str]) -> Path | None:
    """What `--project` gives, before the commands exist that understand it."""
    for argument, following in zip(arguments, [*arguments[1:], ""], strict=False):
        if argument == "--project":
            return Path(following)
        if argument.startswith("--project="):
            return Path(argument.removeprefix("--project="))
    return None


if __name__ == "__main__":
    main()
