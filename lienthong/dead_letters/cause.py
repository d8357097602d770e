"""Why letters died. Values that differ from letter to letter are removed, so thousands of letters have a few causes."""

import hashlib
import re
from dataclasses import dataclass

_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|'[^']*'")
_LONG_CODE = re.compile(r"\b(?=[0-9a-fA-F-]*\d)[0-9a-fA-F][0-9a-fA-F-]{6,}[0-9a-fA-F]\b")  # uuids, digests
_DIGITS = re.compile(r"\d+")


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


def cause_of(*, stage: str, error: str, field: str | None, reason: str) -> Cause:
    """The cause of a letter that died at `stage`."""
    return Cause(stage, error, _DIGITS.sub("#", field or ""), generalise(reason))


def generalise(reason: str) -> str:
    """`reason` with every quoted value replaced by “…”, and every number, date and code by #."""
    return _DIGITS.sub("#", _LONG_CODE.sub("#", _QUOTED.sub("“…”", reason)))
