"""Why letters died, with what differs from letter to letter taken out: thousands of letters become a few causes."""

import hashlib
import re
from dataclasses import dataclass

_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|'[^']*'")
_LONG = re.compile(r"\b(?=[0-9a-fA-F-]*\d)[0-9a-fA-F][0-9a-fA-F-]{6,}[0-9a-fA-F]\b")  # uuids, digests
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, order=True)
class Cause:
    """Letters of one stage that died of one error in one way. `reason` is generalised (see `generalise`)."""

    stage: str
    error: str
    field: str
    reason: str

    @property
    def id(self) -> str:
        """A short name of the cause, the same in every run: eight hexadecimal digits."""
        text = "\n".join((self.stage, self.error, self.field, self.reason))
        return hashlib.sha256(text.encode()).hexdigest()[:8]


def cause_of(stage: str, error: str, field: str | None, reason: str) -> Cause:
    """The cause of a letter that died so."""
    return Cause(stage, error, _DIGITS.sub("#", field or ""), generalise(reason))


def generalise(reason: str) -> str:
    """`reason` with quoted values as “…” and numbers, codes of digits and dates as #."""
    return _DIGITS.sub("#", _LONG.sub("#", _QUOTED.sub("“…”", reason)))
