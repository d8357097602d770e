"""A regular expression for conditions: it refuses what is plainly no CEL, and what could not decide anything.

It knows words, not grammar, so most faults are found by `lienthong check` alone. Whatever it refuses has a fault.
"""

from lienthong.configuration.condition_check import FUNCTIONS, MAX_LENGTH
from lienthong.configuration.json_schema.vocabulary import PLACEHOLDER, Schema
from lienthong.messages import message
from lienthong.processing.condition import VARIABLES

_TEXT = r'"(?:[^"\\]|\\.)*"|' r"'(?:[^'\\]|\\.)*'"
# Each sign belongs to one token in one way. Where it could be read in two, an expression that is refused would be
# tried in as many ways as two to the power of its length.
_COMMENT = r"//[^\n]*(?![^\n])"
_NUMBER = r"[0-9][0-9A-Za-z_.]*(?![0-9A-Za-z_.])"
_OPERATOR = r"==|!=|<=|>=|(?!//)[^\w\s\"'=.]"
_FUNCTION = rf"(?:{'|'.join(sorted(FUNCTIONS | {'has'}))})(?=\s*\()"
_SELECTED = rf"\.\s*(?:{_FUNCTION}|[A-Za-z_]\w*(?!\w|\s*\())"
_PREFIX = r"[rRbB]{1,2}(?=[\"'])"
_WORD = rf"(?:{'|'.join((*VARIABLES, 'true', 'false', 'null', 'in'))})(?!\w)|{_FUNCTION}"

_TOKENS = rf"^(?:\s|{_TEXT}|{_COMMENT}|{_NUMBER}|{_OPERATOR}|{_SELECTED}|{_PREFIX}|{_WORD})*$"
"""Texts, numbers, operators, and only the names that every condition knows."""

_LOOSE_TOKENS = rf"^(?:\s|{_TEXT}|{_COMMENT}|{_NUMBER}|{_OPERATOR}|\.|(?!(?:and|or|not)\b)[A-Za-z_]\w*(?!\w))*$"
"""The same with any name: a macro such as `exists(page, page > 2)` makes names of its own."""

_MACRO = r"\.\s*(?:all|exists|exists_one|map|filter)\s*\("
_NO_DECISION = rf"^\s*(?:{_NUMBER}|{'|'.join(VARIABLES)})?\s*$"
_TEXT_ALONE = rf"^\s*(?:{_TEXT})\s*$"
_DECIDES = r"==|!=|[<>!?\[]|&&|\|\||\bin\b|\b(?:contains|startsWith|endsWith|matches|dyn|has)\s*\("
# The last two look at single signs, which in a comment mean nothing: with a `//` they refuse nothing.
_CALL_ALONE = rf"^(?![\s\S]*(?:{_DECIDES}|//))[\s\S]*\w\s*\("
_ENDS_EARLY = r"^(?![\s\S]*//)[\s\S]*(?:==|!=|<=|>=|&&|\|\||[-+*/%<>!(,\[.?:])\s*$"


def condition() -> Schema:
    """The schema of a `when`."""
    return {
        "type": "string",
        "maxLength": MAX_LENGTH,
        "if": {"pattern": PLACEHOLDER},
        "then": {},
        "else": {
            "if": {"pattern": _MACRO},
            "then": {
                "pattern": _LOOSE_TOKENS,
                "patternErrorMessage": message("not a condition in CEL; `lienthong check` states what is wrong"),
            },
            "else": {
                "pattern": _TOKENS,
                "patternErrorMessage": message("not a condition in CEL; `lienthong check` states what is wrong"),
                "not": {"pattern": "|".join((_NO_DECISION, _TEXT_ALONE, _CALL_ALONE, _ENDS_EARLY))},
                "errorMessage": message("the condition yields neither true nor false"),
            },
        },
    }
