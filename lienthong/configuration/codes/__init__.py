"""Every code of `lienthong check`. Codes are stable: the number of a code that is gone is not used again.

A new code is one entry in the module of its hundred, plus the place that raises it.
"""

from collections.abc import Mapping

from lienthong.configuration.codes.broker import BROKER
from lienthong.configuration.codes.code import Code
from lienthong.configuration.codes.conditions import CONDITIONS
from lienthong.configuration.codes.contracts import CONTRACTS
from lienthong.configuration.codes.links import CALENDARS, CASES, LINKS
from lienthong.configuration.codes.python_names import PYTHON_NAMES
from lienthong.configuration.codes.requests import REQUESTS
from lienthong.configuration.codes.retry import RETRY
from lienthong.configuration.codes.values import VALUES
from lienthong.configuration.codes.yaml import YAML
from lienthong.messages import Message

__all__ = ["CODES", "Code", "explain_code"]

CODES: Mapping[str, Code] = {
    **YAML,
    **VALUES,
    **PYTHON_NAMES,
    **CONDITIONS,
    **RETRY,
    **LINKS,
    **CALENDARS,
    **CONTRACTS,
    **CASES,
    **BROKER,
    **REQUESTS,
}


def explain_code(name: str) -> Message | None:
    """The meaning of a code in a paragraph, or None if there is no such code. `lt203` will do."""
    code = CODES.get(name.upper())
    return None if code is None else code.explanation(name.upper())
