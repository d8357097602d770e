"""A fault of a value: what is wrong, what to write instead, and its code (see `codes.py`)."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from lienthong.errors import LienthongError


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a value, before it is known which file holds it. `path` leads there from the value."""

    code: str
    what: str
    advice: str
    path: tuple[str | int, ...] = ()
    of_key: bool = False


class Mismatch(LienthongError):  # noqa: N818 - it says what it is: name or parameters do not match the code
    """A name, its parameters or a condition that cannot be used. Holds every fault, not the first one."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(f"{fault.code} {fault.what} → {fault.advice}" for fault in faults))
        self.faults = faults


WARNINGS = frozenset({"LT405", "LT606", "LT607", "LT608"})


def level_of(code: str) -> Literal["error", "warning"]:
    """A warning can be run with; an error cannot."""
    return "warning" if code in WARNINGS else "error"


def nearest(word: str, known: Iterable[str]) -> str:
    """`did you mean ...?`, or the list of what there is."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, 1, 0.6)
    if close:
        return f"did you mean `{close[0]}`?"
    shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    return f"there is {shown}" if shown else "there is none yet"
