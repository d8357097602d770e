"""Where the log goes, as `LIENTHONG_LOG` chooses. By itself, because a command that writes no log looks at it too."""

from collections.abc import Mapping
from typing import Literal, get_args

from lienthong.errors import WrongUse
from lienthong.messages import message

VARIABLE = "LIENTHONG_LOG"
LogForm = Literal["json", "console", "file"]


def log_form(variables: Mapping[str, str]) -> LogForm:
    """Where the log goes, by `LIENTHONG_LOG`. Raises `WrongUse` for a word that is none of the three."""
    named = variables.get(VARIABLE, "").strip().lower() or "file"
    for form in get_args(LogForm):
        if named == form:
            return form  # type: ignore[no-any-return]  # one of the literals
    raise WrongUse(
        message(
            "{variable}={value} is not known; write `json` (standard output, for programs), `console` (standard "
            "output, for people) or `file` (in the data directory).",
            variable=VARIABLE,
            value=repr(named),
        )
    )
