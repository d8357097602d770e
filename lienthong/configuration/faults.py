"""A fault of a value: its code (see `codes`), what is wrong, and what to write instead."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from lienthong.configuration.codes import CODES
from lienthong.errors import Finding, LienthongError
from lienthong.messages import Message, message

KeyPath = tuple[str | int, ...]
"""The keys and list positions that lead from the top of a file, or from a value, to a value inside it."""

_SHOWN_NAMES = 8
"""Names that an advice lists at most."""

_SIMILARITY = 0.6
"""How much a name must look like another one to be suggested, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a value, before it is known which file has it. `path` leads there from the value.

    Without `advice` the general advice of the code is shown.
    """

    code: str
    what: Message
    advice: Message | None = None
    path: KeyPath = ()
    of_key: bool = False

    def advice_for(self, written: str = "") -> Message:
        """What to write instead of `written`, the value as the file has it."""
        return self.advice or CODES[self.code].general_advice(written)

    def at(self, file: str, line: int = 1, column: int = 1, written: str = "") -> Finding:
        """The finding of this fault at a place of a file; lines and columns count from 1."""
        return Finding(file, line, column, self.code, self.what, self.advice_for(written), CODES[self.code].level)


class Mismatch(LienthongError):  # noqa: N818 - it names the situation: name or parameters do not match the code
    """A name, its parameters or a condition that cannot be used. Holds every fault, not only the first one."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(f"{fault.code} {fault.what} → {fault.advice_for()}" for fault in faults))
        self.faults = faults


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` most likely means, or None when none looks like it."""
    return next(iter(difflib.get_close_matches(name, sorted(known), 1, _SIMILARITY)), None)


def suggest(name: str, known: Iterable[str]) -> Message:
    """An advice for a name that is not known: the one that was probably meant, or the names there are."""
    names = sorted(known)
    close = nearest(name, names)
    if close is not None:
        return message("did you mean `{name}`?", name=close)
    if not names:
        return message("there is none yet")
    shown = ", ".join(names[:_SHOWN_NAMES]) + (", ..." if len(names) > _SHOWN_NAMES else "")
    return message("there is {names}", names=shown)
