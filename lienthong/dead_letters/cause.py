"""Why letters died. Values that differ from letter to letter are removed, so thousands of letters have a few causes.

What tells causes apart stays: a status of HTTP, an SQLSTATE and other codes of errors, a column, the name of a field.
"""

import hashlib
import re
from dataclasses import dataclass

_PARTS = re.compile(
    r"""
    (?P<quoted>  “[^”]*” | "[^"]*" | '[^']*' )
    | (?P<path>  `[^`]*` )                                              # a name: of a field, a step, a stage
    | (?P<kept>
        \b HTTP (?: /\d (?:\.\d)? )? [ ] \d{3} \b
        | \b (?: status (?: [ ] code )? | mã[ ]trạng[ ]thái | mã[ ]HTTP ) [ :=]{1,2} \d{3} \b
        | \b SQLSTATE [ :=]{1,2} [0-9A-Z]{5} \b
        | \b (?: ORA | SMTP | AMQP | errno | error[ ]code | exit[ ]code | mã[ ]lỗi | mã[ ]thoát ) [ :=-]{1,2} \d{1,6} \b
        | \b (?: column | cột ) [ ] \d{1,5} \b
      )
    | (?P<code>  \b (?=[0-9a-fA-F-]*\d) [0-9a-fA-F] [0-9a-fA-F-]{6,} [0-9a-fA-F] \b )   # uuids, digests
    | (?P<number> \d+ )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_POSITION = re.compile(r"\[\d+\]|(?<=[./])\d+(?=[./]|$)")
"""The place of an element in a list, in the path of a field: `parts[3].name`, `parts.3.name`, `/parts/3`."""


@dataclass(frozen=True, slots=True, order=True)
class Cause:
    """The common cause of letters: one stage, one error, one field, one reason. See `generalise` for the reason."""

    stage: str
    error: str
    field: str
    reason: str

    @property
    def id(self) -> str:
        """A short name, equal for equal causes: eight hexadecimal digits."""
        text = "\n".join((self.stage, self.error, self.field, self.reason))
        return hashlib.sha256(text.encode()).hexdigest()[:8]


RULE = "2"
"""Which rule finds the cause of a letter. It changes whenever equal letters would get another cause than before: causes
that are stored with their letters are then found anew.
"""


def stored_cause(*, stage: str, error: str, field: str | None, reason: str) -> str:
    """How the cause of a letter is stored with it: the rule and the id."""
    return f"{RULE}.{cause_of(stage=stage, error=error, field=field, reason=reason).id}"


def cause_of(*, stage: str, error: str, field: str | None, reason: str) -> Cause:
    """The cause of a letter that died at `stage`."""
    return Cause(stage, error, _without_positions(field or ""), generalise(reason))


def generalise(reason: str) -> str:
    """`reason` with every quoted value replaced by “…”, and every number, date and code by #, except error codes."""
    return _PARTS.sub(_general, reason)


def _general(found: re.Match[str]) -> str:
    text = found.group()
    match found.lastgroup:
        case "quoted":
            return "“…”"
        case "path":
            return f"`{_without_positions(text[1:-1])}`"
        case "kept":
            return text
        case _:
            return "#"


def _without_positions(path: str) -> str:
    """The path of a field without the places of elements; a number that is part of a name stays (`phone2`)."""
    return _POSITION.sub(lambda place: "[#]" if place.group().startswith("[") else "#", path)
