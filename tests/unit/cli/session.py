"""Runs the commands that are given as arguments, one after the other in one process; prints each answer as JSON.

Each operator works from an account of the same name: `--as lan` is the account `lan`.
"""

import contextlib
import io
import json
import shlex
import sys

from lienthong.cli import login
from lienthong.cli.app import app
from lienthong.cli.usage_errors import TyperException, explain_usage_error


def answer(command: str) -> tuple[str, int, str]:
    """The command, its exit code, and what it wrote."""
    written = io.StringIO()
    operator = command.partition("--as ")[2].partition(" ")[0] or "account"
    login.current_login = lambda: operator
    with contextlib.redirect_stdout(written), contextlib.redirect_stderr(written):
        try:
            code = app(shlex.split(command), prog_name="lienthong", standalone_mode=False)
        except TyperException as error:
            written.write(explain_usage_error(error))
            code = error.exit_code
    return command, code or 0, written.getvalue()


if __name__ == "__main__":
    answers = [answer(command) for command in sys.argv[1:]]
    sys.stdout.write(json.dumps(answers, ensure_ascii=False))
