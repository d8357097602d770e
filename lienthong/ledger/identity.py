"""The identity of a ledger: which ledger this is, and which of its lives."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LedgerIdentity:
    """Made once with the ledger; every message of the bus carries `id` and `incarnation`.

    - `id`: a uuid. Another database has another one.
    - `incarnation`: a new one begins when an older state of the database was restored. Messages of the incarnation
      before may hold events that this state does not know, or knows as unfinished.
    - `world`: what the ledger is for, e.g. a recording; "" while that was never recorded.
    - `created_at`: when the row was made (UTC).
    - `restored_at`: when a restored state was noticed and not yet adopted by an operator (UTC), else None.
    """

    id: str
    incarnation: str
    world: str
    created_at: datetime
    restored_at: datetime | None = None
