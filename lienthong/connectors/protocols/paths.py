"""JMESPath expressions in configuration: checked by `lienthong check`, and never a reason to fail on data."""

from collections.abc import Callable
from typing import Annotated, Any

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import AfterValidator

from lienthong.connectors.protocols.shapes import refusal
from lienthong.messages import message


def _check(expression: str) -> str:
    try:
        jmespath.compile(expression)
    except JMESPathError:
        advice = message("write a JMESPath such as `data.items`; put names with other characters in double quotes")
        raise refusal(advice) from None
    return expression


JmesPath = Annotated[str, AfterValidator(_check)]
"""A JMESPath expression (jmespath.org) over one JSON value, such as `data.items` or `"Mã hồ sơ"`."""


def path_function(expression: str) -> Callable[[Any], Any]:
    """The function that searches a value. It returns None where the expression finds nothing or does not fit."""
    compiled = jmespath.compile(expression)

    def search(value: Any) -> Any:
        try:
            return compiled.search(value)
        except JMESPathError:
            return None

    return search
