"""`${NAME}` and `${NAME:-default}` in the text of a file, replaced from the environment."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from lienthong.configuration.faults import Fault
from lienthong.messages import message

_VARIABLE = re.compile(r"\$\$\{|\$\{(?P<inside>[^}]*)(?P<end>\}?)")
_NAME = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>.*))?", re.DOTALL)


def substitute(text: str, variables: Mapping[str, str]) -> tuple[str, list[Fault]]:
    """`text` with its variables replaced, and its faults. `$${` stands for `${` itself.

    A value from the environment is not searched for variables again, and stays text whatever it looks like.
    """
    faults: list[Fault] = []

    def replace(match: re.Match[str]) -> str:
        if match["inside"] is None:
            return "${"
        variable = _NAME.fullmatch(match["inside"]) if match["end"] else None
        if variable is None:
            faults.append(Fault("LT114", message("`{text}` names no variable", text=match[0][:40])))
            return ""
        name, default = variable["name"], variable["default"]
        if variables.get(name) or (name in variables and default is None):
            return variables[name]
        if default is None:
            faults.append(_not_set(name))
            return ""
        return str(default)

    return _VARIABLE.sub(replace, text), faults


class Used(NamedTuple):
    """A variable that a text names, with its default; None: it has none."""

    name: str
    default: str | None


def used_variables(text: str) -> list[Used]:
    """The variables that a text of a file names."""
    found = []
    for match in _VARIABLE.finditer(text):
        variable = _NAME.fullmatch(match["inside"]) if match["inside"] is not None else None
        if variable is not None:
            found.append(Used(variable["name"], variable["default"]))
    return found


def _not_set(name: str) -> Fault:
    advice = message("set it, or give it a default: ${{{name}:-default}}", name=name)
    return Fault("LT108", message("the environment variable {name} is not set", name=name), advice)
