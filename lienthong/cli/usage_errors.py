"""What is wrong with a call, in the reader's language. Typer has the words in English only, most of them put together
in code; so its sentences are recognised here, and a test provokes each of them.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from typer.exceptions import TyperException

from lienthong.messages import Message, message

__all__ = ["TyperException", "explain_usage_error"]

Known = Sequence[tuple[str, Callable[..., Message]]]

_SENTENCES: Known = (
    (
        r"No such option: (\S+) \(Possible options: (.+)\)",
        lambda option, known: message("There is no option {option}; did you mean {known}?", option=option, known=known),
    ),
    (r"No such option: (\S+)", lambda option: message("There is no option {option}.", option=option)),
    (
        r"No such command '(.+)'\. Did you mean (.+)\?",
        lambda name, known: message("There is no command {name}; did you mean {known}?", name=name, known=known),
    ),
    (r"No such command '(.+)'\.", lambda name: message("There is no command {name}.", name=name)),
    (r"Missing command\.", lambda: message("A command is missing.")),
    (r"Missing argument '(.+?)'\..*", lambda name: message("The argument {name} is missing.", name=name)),
    (r"Missing option '(.+?)'\..*", lambda name: message("The option {name} is missing.", name=name)),
    (
        r"Got unexpected extra argument\(s\) \((.+)\)",
        lambda words: message("The command does not take {words}.", words=words),
    ),
    (r"Option '(.+)' requires an argument\.", lambda name: message("The option {name} needs a value.", name=name)),
    (r"Option '(.+)' does not take a value\.", lambda name: message("The option {name} takes no value.", name=name)),
    (
        r"Invalid value for '(.+?)': (.+)",
        lambda name, what: message("The value of {name} is wrong: {what}.", name=name, what=_explain_value(what)),
    ),
)
_VALUES: Known = (
    (
        r"(?:Value error, )?'(.*)' is not one of (.+)\.",
        lambda value, known: message("{value} is not one of {known}", value=value, known=known),
    ),
    (r"Input should be a valid integer.*", lambda: message("write a whole number")),
    (
        r"Input should be greater than or equal to (\S+)",
        lambda least: message("the smallest that is allowed is {least}", least=least),
    ),
)


def explain_usage_error(error: TyperException) -> str:
    """A paragraph: what is wrong, and where help is. What is not recognised stays as Typer wrote it."""
    text = error.format_message()
    context: Any = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "lienthong"
    sentence = _translate(text, _SENTENCES)
    return message("{sentence} See `{command} --help`.", sentence=sentence, command=command)


def _explain_value(text: str) -> str:
    return _translate(text, _VALUES)


def _translate(text: str, known: Known) -> str:
    for pattern, sentence in known:
        found = re.fullmatch(pattern, text, re.DOTALL)
        if found is not None:
            return sentence(*found.groups())
    return text
