"""What the CEL parser's complaint means, where it is, and what to write instead."""

import re

from lienthong.configuration.faults import Fault
from lienthong.messages import message

_PARSE_ERROR = re.compile(r"<input>:(\d+):(\d+): Syntax error: (.*)")
_OPERATORS = {"and": "&&", "or": "||", "not": "!"}


def syntax_fault(expression: str, complaint: str) -> Fault:
    """The fault of an expression that cannot be parsed. Its path is (line, column), from 1."""
    found = _PARSE_ERROR.search(complaint)
    line, column, problem = (int(found[1]), int(found[2]), found[3]) if found else (1, 1, "")
    rest = expression.split("\n")[line - 1][column - 1 :] if line <= expression.count("\n") + 1 else ""
    word = re.match(r"(and|or|not)\b", rest)
    if not expression.strip():
        what, advice = message("the condition is empty"), message("leave `when` out to let every event pass")
    elif rest.startswith("=") and not rest.startswith("=="):
        what, advice = message("`=` compares nothing in CEL"), message("write == for equal, != for different")
    elif word:
        what = message("`{word}` is no operator of CEL", word=word[1])
        advice = message("write {operator}", operator=_OPERATORS[word[1]])
    elif rest[:1] in ("'", '"'):
        what, advice = message("a text is not closed"), message("close it with the same quote that opens it")
    elif not rest.strip() or "<EOF>'" in problem:
        what, advice = message("the condition ends too early"), message("finish it, or close what was opened")
    else:
        what = message("the condition cannot be read from `{rest}` on", rest=rest[:20])
        advice = message("correct it there or just before")
    return Fault("LT401", what, advice, (line, column))
