"""Every help page and every usage error of the command line, as one process sees them. Prints JSON.

A language is chosen when the commands are imported, so each language has a process of its own.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

import typer

from lienthong.cli.app import app
from lienthong.cli.usage_errors import TyperException, explain_usage_error

WRONG = (
    ("dead", "--"),
    ("trial",),
    ("nothing-like-it",),
    ("--nothing-like-it",),
    ("run", "--procs", "2"),
    ("run", "--processes", "two"),
    ("run", "--processes", "0"),
    ("run", "--until-done=3"),
    ("run", "--data"),
    ("trail",),
    ("trail", "a", "b"),
    ("report", "x"),
    ("dead", "show", "x"),
    ("dead", "list", "--state", "x"),
    ("sandbox",),
)


def pages(command: Any, path: tuple[str, ...] = ("lienthong",), parent: Any = None) -> Iterator[tuple[str, str]]:
    with command.make_context(path[-1], [], parent=parent, resilient_parsing=True) as context:
        yield " ".join(path), context.get_help()
        for name, inner in getattr(command, "commands", {}).items():
            yield from pages(inner, (*path, name), context)


def unexplained(command: Any, path: str = "lienthong") -> Iterator[str]:
    yield from [path] if not command.help else []
    yield from (f"{path} {one.name}" for one in command.params if not one.help and not getattr(one, "hidden", False))
    for name, inner in getattr(command, "commands", {}).items():
        yield from unexplained(inner, f"{path} {name}")


def error(*words: str) -> tuple[int, str]:
    try:
        code = app(words, prog_name="lienthong", standalone_mode=False)
    except TyperException as wrong:
        return wrong.exit_code, explain_usage_error(wrong)
    return code, ""


if __name__ == "__main__":
    commands = typer.main.get_command(app)
    found = {
        "pages": dict(pages(commands)),
        "unexplained": list(unexplained(commands)),
        "errors": [error(*words) for words in WRONG],
    }
    sys.stderr.write(json.dumps(found, ensure_ascii=False))
