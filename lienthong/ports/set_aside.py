"""Messages that were set aside: an operator looks at them, and decides what becomes of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

AsideKind = Literal["unreadable", "foreign"]
"""`unreadable`: it is no message of a bus. `foreign`: it belongs to another ledger, or to one that was restored since.
"""

ASIDE_KINDS: tuple[AsideKind, ...] = ("unreadable", "foreign")


@dataclass(frozen=True, slots=True)
class AsideMessage:
    """A message as it was received.

    - `id`: derived from its content; equal messages have equal ids.
    - `queue`: the engine's name of the queue it was in.
    - `why`: a sentence for operators.
    - `at`: when it was set aside, ISO 8601 in UTC; "" when that is not known.
    """

    id: str
    kind: AsideKind
    queue: str
    why: str
    at: str
    headers: Mapping[str, Any]
    body: bytes


Decide = Callable[[AsideMessage], bool]
"""Called for each message; True removes it."""


class SetAside(Protocol):
    """The messages that were set aside, on one broker. Every method raises `Transient` when it does not answer."""

    def counts(self) -> Mapping[AsideKind, int]:
        """How many messages of each kind lie there. A message that another command looks at just now is left out."""

    def walk(self, kind: AsideKind, decide: Decide) -> None:
        """Show each message to `decide`, oldest first, and remove those for which it returns True.

        A message is removed after `decide` has returned. When `decide` raises, this message and all later ones stay.
        """
