"""What persons note on a group of dead letters: who looks after it, where it is followed, until when it is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from lienthong.ports import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupNote:
    """The note on a group. Its texts are masked.

    - `owner`: the person who looks after it; "" for none. `ticket`: where it is followed elsewhere.
    - `known_until`: the last local day on which the group counts as known, so that it raises no alarm.
    """

    group: str
    owner: str = ""
    ticket: str = ""
    note: str = ""
    known_until: date | None = None
    noted_by: str = ""
    noted_at: datetime | None = None

    def is_looked_after(self, today: date) -> bool:
        """Whether a person has it, or it counts as known today."""
        return bool(self.owner) or (self.known_until is not None and today <= self.known_until)


class GroupNotes(Protocol):
    """The notes, one a group."""

    def all(self) -> Mapping[str, GroupNote]:
        """By the id of the group, every note."""

    def write(self, note: GroupNote, transaction: Transaction) -> None:
        """Store a note in place of the one before."""
