"""What the HTTP interface serves: the ledger with its database, who may call, and whether it is about to stop."""

import threading
from dataclasses import dataclass, field
from functools import cached_property

from lienthong.access.rate import RateLimiter
from lienthong.adapters.sql.clients import SqlClients
from lienthong.operations.keyring import Keyring
from lienthong.runtime.composition import Storage
from lienthong.runtime.endpoints import Endpoints
from lienthong.runtime.world import ledger_world


@dataclass(frozen=True)
class Service:
    """One process that serves. `draining` is set when it is to stop: it answers still, and is not ready any more."""

    storage: Storage
    endpoints: Endpoints
    draining: threading.Event = field(default_factory=threading.Event)
    limiter: RateLimiter = field(default_factory=RateLimiter)

    @cached_property
    def keyring(self) -> Keyring:
        return Keyring(SqlClients(self.storage.database), self.storage.clock)

    @cached_property
    def is_recording(self) -> bool:
        """Whether the ledger is that of a recording: then everything that leaves is marked so."""
        return ledger_world(self.storage.database) == "recording"
