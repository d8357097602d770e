"""Claiming files of a folder, so that each is read by one process at a time and is never lost.

`folder/claimed/<token>/` holds one claimed file and a lock. The file is moved into it by an atomic rename, under the
lock. The lock belongs to the process and ends with it: a claim whose process died is free, and is taken up by another
one. A lock is kept until its file is filed away, because until then only the cursor of its own bus knows that it was
read.
"""

import fcntl
import os
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import NamedTuple

from lienthong.connectors.protocols.folders import Ignored, settled_files
from lienthong.connectors.protocols.table_rows import Unreadable
from lienthong.errors import Transient
from lienthong.messages import message
from lienthong.ports import Clock

_LOCK = ".lock"
_REASON = ".reason.txt"

_locks: dict[Path, int] = {}
"""The descriptors of the locks of this process, by claim. Every source object of the process may use them."""

_guard = threading.Lock()
_numbers = count()


class Claim(NamedTuple):
    """A file that this process may read. `token` never repeats, and tokens are in the order in which files came."""

    token: str
    path: Path


class ClaimedFolder:
    """The incoming files of a folder. A claim that was read must be filed away: `done` or `failed`."""

    def __init__(
        self,
        folder: Path,
        *,
        done: Path,
        failed: Path,
        is_wanted: Callable[[str], bool],
        settle: timedelta,
        clock: Clock,
        ignored: Ignored,
    ) -> None:
        self._folder = folder
        self._claimed = folder / "claimed"
        self._done = done
        self._failed = failed
        self._is_wanted = is_wanted
        self._settle = settle
        self._clock = clock
        self._ignored = ignored
        self._subfolders = {path.name for path in (self._claimed, done, failed) if path.parent == folder}

    def tokens(self) -> list[str]:
        """The tokens of all claims, of every process, oldest first."""
        try:
            return sorted(entry.name for entry in self._claimed.iterdir())
        except FileNotFoundError:
            return []
        except OSError:
            raise Transient(message("The folder of incoming files cannot be opened")) from None

    def claims(self, filed: Mapping[str, str], limit: int) -> Iterator[Claim]:
        """Yield at most `limit` files to read: free claims that are not in `filed`, then new files in order of name."""
        files = settled_files(self._folder, self._is_wanted, self._settle, self._clock.now(), self._tell_ignored)
        _forget_locks(self._claimed)
        for token in self.tokens():
            if limit > 0 and token not in filed and (claim := self._take_up(token)):
                limit -= 1
                yield claim
        for file in files[: max(limit, 0)]:
            if claim := self._claim(file):
                yield claim

    def file_away(self, token: str, reason: str) -> None:
        """Move the file of a claim to `done`, or to `failed` with a note when there is a `reason`.

        Raises `Unreadable` when it cannot be moved; it stays claimed. Does nothing when it was moved before.
        """
        claim = self._claimed / token
        file = _file_in(claim)
        if file is not None:
            folder = self._failed if reason else self._done
            try:
                folder.mkdir(parents=True, exist_ok=True)
                target = folder / file.name
                if target.exists():
                    target = folder / f"{file.stem}.{token}{file.suffix}"
                if reason:
                    target.with_name(target.name + _REASON).write_text(f"{reason}\n", encoding="utf-8")
                shutil.move(file, target)
            except OSError as error:
                kind = type(error).__name__
                raise Unreadable(message("It was read but cannot be filed away: {error}", error=kind)) from None
        _remove(claim)
        _release(claim)

    def _tell_ignored(self, name: str, is_file: bool) -> None:
        if is_file or name not in self._subfolders:
            self._ignored(name, is_file)

    def _claim(self, file: Path) -> Claim | None:
        """Move a new file into a claim. None when another process was first."""
        milliseconds = int(self._clock.now().timestamp() * 1000)
        token = f"{milliseconds:011x}{next(_numbers) % 2**16:04x}{secrets.token_hex(2)}"
        claim = self._claimed / token
        try:
            claim.mkdir(parents=True)
            if _lock(claim):
                return Claim(token, file.rename(claim / file.name))
        except FileNotFoundError:
            _remove(claim)
            _release(claim)
        except OSError as error:
            _remove(claim)
            _release(claim)
            kind = type(error).__name__
            raise Transient(message("The file {file} cannot be claimed: {error}", file=file.name, error=kind)) from None
        return None

    def _take_up(self, token: str) -> Claim | None:
        """A claim whose process is gone, or one of this process. None while another process holds it."""
        claim = self._claimed / token
        try:
            if not _lock(claim):
                return None
        except OSError:  # another process has just filed it away
            return None
        file = _file_in(claim)
        if file is None:  # a process died before it moved a file into it
            _remove(claim)
            _release(claim)
            return None
        return Claim(token, file)


def _lock(claim: Path) -> bool:
    """Lock a claim for this process. True when it holds the lock. Raises OSError when the claim is gone."""
    with _guard:
        if claim in _locks:
            return True
        descriptor = os.open(claim / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        _locks[claim] = descriptor
        return True


def _release(claim: Path) -> None:
    with _guard:
        if (descriptor := _locks.pop(claim, None)) is not None:
            os.close(descriptor)


def _forget_locks(claimed: Path) -> None:
    """Release the locks of claims that another process of this bus has filed away."""
    for claim in [claim for claim in _locks if claim.parent == claimed and not claim.exists()]:
        _release(claim)


def _file_in(claim: Path) -> Path | None:
    try:
        return next((entry for entry in claim.iterdir() if entry.name != _LOCK), None)
    except OSError:
        return None


def _remove(claim: Path) -> None:
    """Remove an empty claim. One that is not empty stays."""
    if _file_in(claim) is None:
        with suppress(OSError):
            (claim / _LOCK).unlink(missing_ok=True)
            claim.rmdir()
