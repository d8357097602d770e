"""Messages that were set aside: those that cannot be read, and those of another ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lienthong.ports import AsideKind, AsideMessage, SetAside

MAX_LISTED = 200
"""Messages that are listed at most; the number of all is always known."""

ALL = "all"
"""In place of an id: every message."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A message without its bytes."""

    id: str
    queue: str
    why: str
    at: str
    size: int


def open_set_aside(broker: str, data: Path) -> SetAside:
    """The messages set aside on the broker of this URL, or in the data directory by the embedded one."""
    if broker.startswith(("amqp://", "amqps://")):
        from lienthong.adapters.rabbitmq.aside import RabbitSetAside

        return RabbitSetAside(broker)
    from lienthong.adapters.set_aside_folder import FolderSetAside

    return FolderSetAside(data)


def list_messages(aside: SetAside, kind: AsideKind) -> Sequence[Listed]:
    """The oldest messages of a kind."""
    found: list[Listed] = []

    def note(one: AsideMessage) -> bool:
        if len(found) < MAX_LISTED:
            found.append(Listed(one.id, one.queue, one.why, one.at, len(one.body)))
        return False

    aside.walk(kind, note)
    return found


def save_messages(aside: SetAside, kind: AsideKind, folder: Path) -> int:
    """Write the bytes of each message to a file `<id>.body`; returns their number. The messages stay."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    saved: set[str] = set()

    def save(one: AsideMessage) -> bool:
        file = folder / f"{one.id}.body"
        file.touch(mode=0o600)
        file.write_bytes(one.body)
        saved.add(one.id)
        return False

    aside.walk(kind, save)
    return len(saved)


def remove_messages(aside: SetAside, kind: AsideKind, ids: Sequence[str]) -> int:
    """Remove the messages with these ids, or all; returns how many."""
    removed = 0

    def remove(one: AsideMessage) -> bool:
        nonlocal removed
        wanted = ALL in ids or one.id in ids
        removed += wanted
        return wanted

    aside.walk(kind, remove)
    return removed


def counts_json(counts: Mapping[AsideKind, int]) -> dict[str, int]:
    """The numbers by kind, for programs."""
    return {str(kind): number for kind, number in counts.items()}
