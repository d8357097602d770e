"""What pydantic refuses of a caller's input, in sentences of the catalogue. None of them repeats a value.

A value may be personal data.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from lienthong.messages import message, message_n


def input_fault(error: Mapping[str, Any]) -> str:
    """One error of pydantic, as `ValidationError.errors` lists it, in a sentence.

    What a model refuses by a rule of its own is stated in that model's words.
    """
    kind, bounds = error["type"], error.get("ctx", {})
    for beginning, words in _SENTENCES.items():
        if kind == beginning or (beginning.endswith("_") and kind.startswith(beginning)):
            return words(bounds)
    return str(error["msg"])


def _quoted(bounds: Mapping[str, Any]) -> str:
    """The values of a literal, which pydantic lists in quotes and with an English word between the last two."""
    return ", ".join(re.findall("'([^']*)'", bounds["expected"]))


_SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": lambda _: message("it is missing"),
    "extra_forbidden": lambda _: message("there is no such field"),
    "string_type": lambda _: message("it must be a text"),
    "string_unicode": lambda _: message("it must be a text"),
    "string_too_short": lambda bounds: message_n(
        "it needs at least {count} character", "it needs at least {count} characters", count=bounds["min_length"]
    ),
    "string_too_long": lambda bounds: message_n(
        "it may have {count} character at most", "it may have {count} characters at most", count=bounds["max_length"]
    ),
    "string_pattern_mismatch": lambda bounds: message("it must match the pattern {pattern}", pattern=bounds["pattern"]),
    "refused": lambda bounds: bounds["advice"],  # see `asked_text`
    "form": lambda bounds: message("write it such as {form}", form=bounds["form"]),
    "int_": lambda _: message("it must be a whole number"),
    "float_": lambda _: message("it must be a number"),
    "finite_number": lambda _: message("it must be a number"),
    "bool_": lambda _: message("it must be true or false"),
    "list_type": lambda _: message("it must be a list"),
    "tuple_type": lambda _: message("it must be a list"),
    "dict_type": lambda _: message("it must be an object"),
    "model_": lambda _: message("it must be an object"),
    "timezone_": lambda _: message("its offset from UTC is missing, such as +07:00"),
    "datetime_": lambda _: message("it must be a moment such as {form}", form="2024-03-15T09:30:00+07:00"),
    "date_": lambda _: message("it must be a day such as {form}", form="2024-03-15"),
    "literal_error": lambda bounds: message("it must be one of {values}", values=_quoted(bounds)),
    "enum": lambda bounds: message("it must be one of {values}", values=_quoted(bounds)),
    "greater_than_equal": lambda bounds: message("it must be {bound} or more", bound=bounds["ge"]),
    "greater_than": lambda bounds: message("it must be more than {bound}", bound=bounds["gt"]),
    "less_than_equal": lambda bounds: message("it must be {bound} or less", bound=bounds["le"]),
    "less_than": lambda bounds: message("it must be less than {bound}", bound=bounds["lt"]),
    "too_short": lambda bounds: message_n(
        "it needs at least {count} item", "it needs at least {count} items", count=bounds["min_length"]
    ),
    "too_long": lambda bounds: message_n(
        "it may have {count} item at most", "it may have {count} items at most", count=bounds["max_length"]
    ),
}
"""By pydantic's type of error, or the beginning of several that end in `_`; the first that fits counts."""
