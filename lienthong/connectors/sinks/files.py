"""A sink that writes events into files of JSON Lines by day, configured by YAML alone."""

import errno
import fcntl
import os
import re
import shutil
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NamedTuple

import orjson
from pydantic import Field

from lienthong.adapters.private_files import outgoing_mode
from lienthong.envelope import LOCAL_ZONE, Envelope
from lienthong.errors import Transient
from lienthong.messages import message
from lienthong.outcome import Done, Outcome
from lienthong.ports import Site, Transaction

_DAYS_IN_MEMORY = 3
"""Days whose ids are kept in memory: today, and those of late events."""

_TEMPORARY = ".tmp"


class _State(NamedTuple):
    """A file as it was when its ids were read. A file that was replaced has another inode."""

    inode: int
    size: int
    changed: int


class FilesSink:
    """Writes each event as one line of JSON, a CloudEvents 1.0 event, into the file of its day.

    ```yaml
    use: lienthong.connectors.sinks.files.FilesSink
    with:
      folder: /srv/lienthong/letters
      name: letters
    ```

    - The file is `folder/name-2023-11-15.jsonl`, by the local day on which the event was received, so that an event has
      the same file however often and late it comes. Beyond `part_size` bytes it goes on in `name-2023-11-15.002.jsonl`.
    - A file is never written in place: a longer copy replaces it in one step. A reader always sees whole lines, and a
      crash leaves no half record. The copy is on the disk (fsync) before the event counts as delivered. `part_size`
      bounds what is copied for a bundle.
    - An event whose id is in a file of its day is not written again, also after a restart and by another process: a
      lock on `folder/.name.lock` lets one worker write at a time.

    Raises `Transient` when the folder cannot be written. Uses no transaction.
    """

    def __init__(
        self,
        site: Site,  # noqa: ARG002 - every connector is given the site; this one goes by the events' own time
        *,
        folder: Path,
        name: Annotated[str, Field(pattern=r"^[\w.-]*\w$")] = "events",
        part_size: Annotated[int, Field(ge=1)] = 8 * 2**20,
    ) -> None:
        self._folder = folder
        self._name = name
        self._part_size = part_size
        self._days: OrderedDict[str, dict[Path, tuple[_State, set[str]]]] = OrderedDict()

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:  # noqa: ARG002 - see above
        """Write the events that are not written yet, day by day."""
        days: dict[str, dict[str, Envelope]] = {}
        for envelope in envelopes:
            day = envelope.received_at.astimezone(LOCAL_ZONE).date().isoformat()
            days.setdefault(day, {}).setdefault(envelope.id, envelope)
        try:
            if days:
                with self._lock():
                    for day, events in days.items():
                        self._write(day, events)
        except OSError as error:
            name = errno.errorcode.get(error.errno or 0, type(error).__name__)
            raise Transient(message("The folder of outgoing files cannot be written: {error}", error=name)) from None
        return [Done(envelope) for envelope in envelopes]

    @contextmanager
    def _lock(self) -> Iterator[None]:
        if not self._folder.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            _give_to_others(self._folder, 0o777)
        with (self._folder / f".{self._name}.lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _write(self, day: str, events: dict[str, Envelope]) -> None:
        parts = self._parts(day)
        known = self._known_ids(day, parts)
        new = {id_: envelope for id_, envelope in events.items() if not any(id_ in ids for ids in known)}
        if not new:
            return
        lines = b"".join(orjson.dumps(envelope.to_wire()) + b"\n" for envelope in new.values())
        part = parts[-1] if parts and parts[-1].stat().st_size < self._part_size else self._part(day, len(parts) + 1)
        before = self._days[day].get(part)
        self._replace(part, lines)
        self._days[day][part] = (_state(part), (before[1] if before else set()) | set(new))

    def _known_ids(self, day: str, parts: Sequence[Path]) -> list[set[str]]:
        """The ids in each part of a day. Read again when another process has replaced the part."""
        seen = self._days.setdefault(day, {})
        self._days.move_to_end(day)
        while len(self._days) > _DAYS_IN_MEMORY:
            self._days.popitem(last=False)
        for part in parts:
            state = _state(part)
            if part not in seen or seen[part][0] != state:
                seen[part] = (state, _ids_in(part))
        for gone in set(seen) - set(parts):
            del seen[gone]
        return [ids for _, ids in seen.values()]

    def _replace(self, part: Path, lines: bytes) -> None:
        """Make `part` longer by `lines`, in one step for every reader and for a crash."""
        longer = part.with_name(f".{part.name}{_TEMPORARY}")  # under the lock there is one; a dead writer's is replaced
        with longer.open("wb") as file:
            _give_to_others(longer, 0o666)
            if part.exists():
                with part.open("rb") as old:
                    shutil.copyfileobj(old, file)
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
        longer.replace(part)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)  # so that the new name survives a power failure
        finally:
            os.close(folder)

    def _part(self, day: str, number: int) -> Path:
        return self._folder / f"{self._name}-{day}{f'.{number:03d}' if number > 1 else ''}.jsonl"

    def _parts(self, day: str) -> list[Path]:
        """The parts of a day in their order."""
        pattern = re.compile(rf"{re.escape(self._name)}-{day}(?:\.(\d+))?\.jsonl")
        found = ((pattern.fullmatch(path.name), path) for path in self._folder.iterdir())
        return [path for _, path in sorted((int(match[1] or 1), path) for match, path in found if match)]


def _give_to_others(path: Path, mode: int) -> None:
    """The files are made for other systems, so the umask of the operator counts, and not that of our own files."""
    outgoing = outgoing_mode(mode)
    if outgoing is not None:
        path.chmod(outgoing)


def _state(part: Path) -> _State:
    status = part.stat()
    return _State(status.st_ino, status.st_size, status.st_mtime_ns)


def _ids_in(part: Path) -> set[str]:
    ids = set()
    with part.open("rb") as file:
        for line in file:
            try:
                ids.add(str(orjson.loads(line)["id"]))
            except (ValueError, TypeError, KeyError):  # a line that was changed by hand has no id of ours
                continue
    return ids
