"""Conditions compiled and diagnosed: what is wrong with a `when`, where, and what to write instead."""

import re

from lienthong.configuration.faults import Fault, Mismatch, nearest
from lienthong.processing.cel import cel
from lienthong.processing.condition import QUOTED, VARIABLES, Condition

MAX_LENGTH = 1000
"""Characters of a condition."""

_BOUND = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(\s*([A-Za-z_]\w*)\s*,")
_PARSE_ERROR = re.compile(r"<input>:(\d+):(\d+): Syntax error: (.*)")
_FUNCTIONS = frozenset(
    (
        "size",
        "contains",
        "startsWith",
        "endsWith",
        "matches",
        "int",
        "uint",
        "double",
        "string",
        "bytes",
        "timestamp",
        "duration",
        "type",
        "dyn",
        "getFullYear",
        "getMonth",
        "getDate",
        "getDayOfMonth",
        "getDayOfYear",
        "getDayOfWeek",
        "getHours",
        "getMinutes",
        "getSeconds",
        "getMilliseconds",
    )
)
_DECIDING = frozenset(
    (
        "_==_",
        "_!=_",
        "_<_",
        "_<=_",
        "_>_",
        "_>=_",
        "_&&_",
        "_||_",
        "!_",
        "@in",
        "_?_:_",
        "_[_]",
        "contains",
        "startsWith",
        "endsWith",
        "matches",
        "dyn",
    )
)


def compile_condition(expression: str) -> Condition:
    """The condition of a CEL expression. Raises `Mismatch` with every fault of the expression."""
    program, faults = _compile(expression)
    if program is None or any(fault.code != "LT405" for fault in faults):
        raise Mismatch(*faults)
    return Condition(expression, program)


def condition_faults(expression: str) -> list[Fault]:
    """Every fault of a condition. A fault's path is (line, column) within the expression, from 1."""
    return _compile(expression)[1]


def _compile(expression: str) -> tuple[cel.Program | None, list[Fault]]:
    if len(expression) > MAX_LENGTH:
        what = f"the condition has {len(expression)} characters, of {MAX_LENGTH} at most"
        return None, [Fault("LT406", what, "move the decision into a transform that returns None")]
    try:
        program = cel.compile(expression)
    except ValueError as error:
        return None, [_syntax(expression, str(error))]
    except Exception:  # noqa: BLE001 - whatever the parser trips over, the expression is at fault
        return None, [Fault("LT401", "this is not a CEL expression", 'write for example: data.status == "5"')]
    return program, _names(expression, program) or _decides(program, expression)


def _syntax(expression: str, message: str) -> Fault:
    found = _PARSE_ERROR.search(message)
    line, column, problem = (int(found[1]), int(found[2]), found[3]) if found else (1, 1, "")
    rest = expression.split("\n")[line - 1][column - 1 :] if line <= expression.count("\n") + 1 else ""
    code, path = "LT401", (line, column)
    if not expression.strip():
        return Fault(code, "the condition is empty", "leave `when` out to let every event pass", path)
    if rest.startswith("=") and not rest.startswith("=="):
        return Fault(code, "`=` compares nothing in CEL", "write == for equal, != for different", path)
    if word := re.match(r"(and|or|not)\b", rest):
        sign = {"and": "&&", "or": "||", "not": "!"}[word[1]]
        return Fault(code, f"`{word[1]}` is no operator of CEL", f"write {sign}", path)
    if rest[:1] in ("'", '"'):
        return Fault(code, "a text that is not closed", "close it with the same quote it began with", path)
    if not rest.strip() or "<EOF>'" in problem:
        return Fault(code, "the condition ends too early", "finish it, or close what was opened", path)
    return Fault(code, f"the condition cannot be read from `{rest[:20]}` on", "correct it there or just before", path)


def _place(expression: str, word: str) -> tuple[int, int]:
    blank = QUOTED.sub(lambda text: re.sub(r"[^\n]", " ", text[0]), expression)
    found = re.search(rf"(?<![\w]){re.escape(word)}(?!\w)", blank)
    start = found.start() if found else 0
    return blank.count("\n", 0, start) + 1, start - blank.rfind("\n", 0, start)


def _names(expression: str, program: cel.Program) -> list[Fault]:
    bound = set(_BOUND.findall(QUOTED.sub('""', expression)))
    faults = [
        Fault("LT402", f"a condition knows no `{name}`", _where_it_may_be(name), _place(expression, name))
        for name in program.variables()
        if name not in VARIABLES and name not in bound
    ]
    for name in program.functions():
        if re.fullmatch(r"[A-Za-z][\w.]*", name) and name not in _FUNCTIONS:
            known = sorted(_FUNCTIONS | {"has"})
            faults.append(
                Fault("LT403", f"CEL has no function `{name}`", nearest(name, known), _place(expression, name))
            )
    return faults


def _where_it_may_be(name: str) -> str:
    close = nearest(name, list(VARIABLES))
    return close if close.startswith("did") else f"the event's own fields are under data: data.{name}"


def _decides(program: cel.Program, expression: str) -> list[Fault]:
    """Whether the answer is plainly no truth value, or always the same one."""
    variables, functions = set(program.variables()), set(program.functions())
    wrong = Fault(
        "LT404", "the condition yields no true or false", "compare it with something, such as ... == ...", (1, 1)
    )
    if not variables:
        try:
            answer = program.execute({})
        except Exception:  # noqa: BLE001 - an expression without variables that fails will fail for every event
            return [wrong]
        always = "passes every event" if answer is True else "passes none"
        advice = "remove `when`, or look at the event"
        return [Fault("LT405", f"the condition {always}", advice, (1, 1))] if isinstance(answer, bool) else [wrong]
    plain = re.fullmatch(r"\(*\s*(type|source|subject|data)\s*\)*", expression.strip())
    answers = functions & _DECIDING or not functions or re.search(r"\bhas\s*\(", QUOTED.sub('""', expression))
    return [wrong] if plain or not answers else []
