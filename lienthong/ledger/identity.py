"""The identity of a ledger: which ledger this is, and which of its lives."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class LedgerIdentity:
    """Made once with the ledger; every message of the bus carries `id` and `incarnation`.

    - `id`: a uuid. Another database has another one.
    - `incarnation`: a new one begins when an older state of the database was restored. Messages of the incarnation
      before may hold events that this state does not know, or knows as unfinished. It begins with its number.
    - `world`: what the ledger is for, e.g. a recording; "" while that was never recorded.
    - `created_at`: when the row was made (UTC).
    - `restored_at`: when a restored state was noticed and not yet adopted by an operator (UTC), else None.
    """

    id: str
    incarnation: str
    world: str
    created_at: datetime
    restored_at: datetime | None = None


def incarnation_number(incarnation: str) -> int:
    """The number of an incarnation; 0 for one that has none."""
    number = incarnation.partition("-")[0]
    return int(number) if number.isdecimal() and len(number) < 10 else 0


class Position(NamedTuple):
    """Where a hash chain of the ledger ends: its number of blocks, and the hash of the last one."""

    blocks: int
    head: str


@dataclass(frozen=True, slots=True)
class Witness:
    """How far a ledger had come, kept outside of its database. It shows that an older state was restored."""

    incarnation: str
    positions: Mapping[str, Position]

    def to_json(self) -> str:
        return json.dumps({"incarnation": self.incarnation, "positions": self.positions})

    @classmethod
    def from_json(cls, text: str) -> "Witness":
        """Raises ValueError for anything else than what `to_json` writes."""
        try:
            found = json.loads(text)
            ends = found["positions"].items()
            positions = {str(name): Position(int(blocks), str(head)) for name, (blocks, head) in ends}
            return cls(str(found["incarnation"]), positions)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not a witness") from error
