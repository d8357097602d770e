"""The ports of what persons looked at and did, and of fields that are shown to one of them for a while."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lienthong.ports.connectors import Transaction


@dataclass(frozen=True, slots=True)
class LoggedAct:
    """A look or an act, as the ledger has it: the entry is that of `event_id` at `stage` in `turn`.

    - `person`: as the ledger names who acted. `kind`: `looks`, `sessions`, `persons`, `clients`, `subscriptions`, or
      for a dead letter the verdict.
    - `reason`: what was done, and why; without personal data.
    """

    number: int
    at: datetime
    person: str
    kind: str
    subject: str
    event_id: str
    stage: str
    turn: int
    reason: str


@dataclass(frozen=True, slots=True)
class ActFilter:
    """Which acts are wanted; "" and None: all.

    - `logins`: of the person, with the accounts of machines. `since` counts, `until` does not.
    - `before`: only those with a smaller number, for the next page; 0 from the latest on.
    """

    logins: tuple[str, ...] = ()
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int = 0


class Acts(Protocol):
    """The log of looks and acts. The ledger writes it, in the transaction of the entry."""

    def find(self, wanted: ActFilter, limit: int) -> Sequence[LoggedAct]:
        """The latest first. Raises `Transient`."""


class Reveals(Protocol):
    """Fields that a person asked to see. A field is a JSON pointer, after the stage whose letter it is of, and `#`."""

    def add(self, login: str, event_id: str, field: str, until: datetime, transaction: Transaction) -> None:
        """Show the field until then; one that is shown already is shown for longer."""

    def fields(self, login: str, event_id: str, now: datetime) -> Sequence[tuple[str, datetime]]:
        """The fields of an event that are shown to the person now, and until when. Raises `Transient`."""
