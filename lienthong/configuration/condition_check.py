"""Conditions compiled and diagnosed: what is wrong with a `when`, where, and what to write instead."""

import re

from lienthong.configuration.condition_syntax import syntax_fault
from lienthong.configuration.faults import Fault, Mismatch, nearest, suggest
from lienthong.messages import Message, message
from lienthong.processing.cel import cel
from lienthong.processing.condition import QUOTED, VARIABLES, Condition

MAX_LENGTH = 1000
"""Characters of a condition at most."""

_BOUND = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(\s*([A-Za-z_]\w*)\s*,")
FUNCTIONS = frozenset(
    (
        *("size", "contains", "startsWith", "endsWith", "matches"),
        *("int", "uint", "double", "string", "bytes", "timestamp", "duration", "type", "dyn"),
        *("getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfYear", "getDayOfWeek"),
        *("getHours", "getMinutes", "getSeconds", "getMilliseconds"),
    )
)
"""The functions that an expression may call."""

_DECIDING = frozenset(
    (
        *("_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "_&&_", "_||_", "!_", "@in", "_?_:_", "_[_]"),
        *("contains", "startsWith", "endsWith", "matches", "dyn"),
    )
)
"""Operators and functions that can yield true or false."""


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
        what = message(
            "the condition has {length} characters, more than {limit}", length=len(expression), limit=MAX_LENGTH
        )
        return None, [Fault("LT406", what)]
    try:
        program = cel.compile(expression)
    except ValueError as error:
        return None, [syntax_fault(expression, str(error))]
    except Exception:  # noqa: BLE001 - whatever stops the parser, the expression is at fault
        advice = message("write for example: {example}", example='data.status == "5"')
        return None, [Fault("LT401", message("this is not a CEL expression"), advice)]
    return program, _name_faults(expression, program) or _decision_faults(program, expression)


def _place(expression: str, word: str) -> tuple[int, int]:
    """Line and column of the first `word` of an expression that is not part of a text literal."""
    blank = QUOTED.sub(lambda text: re.sub(r"[^\n]", " ", text[0]), expression)
    found = re.search(rf"(?<![\w]){re.escape(word)}(?!\w)", blank)
    start = found.start() if found else 0
    return blank.count("\n", 0, start) + 1, start - blank.rfind("\n", 0, start)


def _name_faults(expression: str, program: cel.Program) -> list[Fault]:
    bound = set(_BOUND.findall(QUOTED.sub('""', expression)))
    faults = [
        Fault(
            "LT402",
            message("a condition knows no `{name}`", name=name),
            _variable_advice(name),
            _place(expression, name),
        )
        for name in program.variables()
        if name not in VARIABLES and name not in bound
    ]
    for name in program.functions():
        if re.fullmatch(r"[A-Za-z][\w.]*", name) and name not in FUNCTIONS:
            what = message("CEL has no function `{name}`", name=name)
            faults.append(Fault("LT403", what, suggest(name, FUNCTIONS | {"has"}), _place(expression, name)))
    return faults


def _variable_advice(name: str) -> Message:
    if nearest(name, VARIABLES) is not None:
        return suggest(name, VARIABLES)
    return message("the fields of the event are under data: data.{name}", name=name)


def _decision_faults(program: cel.Program, expression: str) -> list[Fault]:
    """Whether the answer is plainly no truth value, or always the same one."""
    variables, functions = set(program.variables()), set(program.functions())
    undecided = Fault("LT404", message("the condition yields neither true nor false"), path=(1, 1))
    if not variables:
        return [_constant(program) or undecided]
    plain = re.fullmatch(r"\(*\s*(type|source|subject|data)\s*\)*", expression.strip())
    answers = functions & _DECIDING or not functions or re.search(r"\bhas\s*\(", QUOTED.sub('""', expression))
    return [undecided] if plain or not answers else []


def _constant(program: cel.Program) -> Fault | None:
    """The fault of a condition that does not look at the event; None when its answer is no truth value."""
    try:
        answer = program.execute({})
    except Exception:  # noqa: BLE001 - an expression without variables that fails will fail for every event
        return None
    if not isinstance(answer, bool):
        return None
    what = message("the condition lets every event pass") if answer else message("the condition lets no event pass")
    return Fault("LT405", what, path=(1, 1))
