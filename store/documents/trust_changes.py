"""What has changed in the trust folder since it was last looked at, from its files alone."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from lienthong import Cursor, listed_revocations

_OVERLAP = 2_000_000_000
"""Nanoseconds: lists that came this long before the newest one are read again, as clocks of file systems are coarse."""


@dataclass(frozen=True, slots=True)
class Trust:
    """The folder at one moment.

    `state` is a digest of the names, sizes and times of all its files, `policy` one of the policy and the roots
    themselves, and `until` the newest moment at which a list was written there, as the file system has it.
    """

    folder: Path | None
    state: str
    policy: str
    until: int

    @classmethod
    def of(cls, folder: Path | None) -> "Trust":
        """What the folder is now; all empty without one."""
        if folder is None or not folder.is_dir():
            return cls(None, "", "", 0)
        moments = [moment for _, moment in _lists(folder)]
        return cls(folder, _digest(sorted(_named(folder))), _digest(_ruling(folder)), max(moments, default=0))

    @property
    def cursor(self) -> dict[str, Any]:
        """What is kept of it until the next look."""
        return {"trust": self.state, "policy": self.policy, "lists": self.until}

    def is_other(self, before: Cursor) -> bool:
        """Whether any file is another one; so it is at the first look, of which nothing is known."""
        return self.state != before.get("trust")

    def rules_otherwise(self, before: Cursor) -> bool:
        """Whether the policy or a root is another one than at the last look, which had them."""
        return bool(before.get("policy")) and self.policy != before["policy"]

    def revoked_since(self, before: Cursor) -> Mapping[str, datetime]:
        """Serial numbers in the lists that were written since then, each with its earliest moment of revocation."""
        found: dict[str, datetime] = {}
        last = int(before.get("lists") or 0) - _OVERLAP
        for file in (file for file, moment in _lists(self.folder) if moment >= last):
            for serial, since in listed_revocations(file):
                found[serial] = min(since, found.get(serial, since))
        return found


def _named(folder: Path) -> Iterator[str]:
    for path in _files(folder):
        found = path.stat()
        yield f"{path.relative_to(folder)} {found.st_size} {found.st_mtime_ns}"


def _ruling(folder: Path) -> Iterator[str]:
    """The policy and the roots, by what is in them."""
    for path in (folder / "policy.yaml", *sorted(_files(folder / "roots"))):
        content = path.read_bytes() if path.is_file() else b""
        yield f"{path.relative_to(folder)} {hashlib.sha256(content).hexdigest()}"


def _lists(folder: Path | None) -> list[tuple[Path, int]]:
    """The lists of revoked certificates, with the moment at which each came to be what it is."""
    return [] if folder is None else [(path, path.stat().st_ctime_ns) for path in _files(folder / "crls")]


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
