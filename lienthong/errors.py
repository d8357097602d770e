"""Every error the house raises on purpose, drawn once.

LienthongError
├── Transient       the world's fault: try again later
├── Rejected        the event's fault: trying again cannot help
└── Misconfigured   ours: found before anything starts, with file, line and key
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal


class LienthongError(Exception):
    """The root of the errors that are part of the contract."""


class Transient(LienthongError):  # noqa: N818 - the three words are the vocabulary of the house
    """The outside world could not answer now. `after` is what it asked us to wait (Retry-After), if it did."""

    def __init__(self, why: str, *, after: timedelta | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.after = after


class Rejected(LienthongError):  # noqa: N818 - see Transient
    """The event itself is at fault. `field` is the key as the sender wrote it; `why` is a sentence for operators.

    `why` is read by operators, so it is written in Vietnamese and never holds personal data.
    """

    def __init__(self, why: str, *, field: str | None = None) -> None:
        super().__init__(f"{field}: {why}" if field else why)
        self.why = why
        self.field = field


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One fault of a configuration file: where it is, a stable code, what is wrong, what to write instead."""

    file: str
    line: int
    column: int
    code: str
    what: str
    advice: str
    level: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.code} {self.what} → {self.advice}"


class Misconfigured(LienthongError):  # noqa: N818 - see Transient
    """The configuration cannot be run. Holds every finding, not the first one."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)
