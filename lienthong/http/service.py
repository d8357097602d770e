"""What the HTTP interface serves: the ledger with its database, who may call, and whether it is about to stop."""

import threading
from dataclasses import dataclass, field
from functools import cached_property

from lienthong.access.rate import RateLimiter
from lienthong.adapters.sql.clients import SqlClients
from lienthong.operations.clients import ClientStore
from lienthong.operations.keyring import Keyring
from lienthong.operations.refused_calls import RefusedCalls
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
    refused: RefusedCalls = field(default_factory=RefusedCalls)

    @cached_property
    def clients(self) -> ClientStore:
        return ClientStore(SqlClients(self.storage.database), self.storage.ledger, self.storage.clock)

    @cached_property
    def keyring(self) -> Keyring:
        return Keyring(self.clients.clients, self.storage.clock)

    def write_notes(self) -> None:
        """Write when keys were used, and which calls were refused. Raises `Transient`; then both are kept for later."""
        self.keyring.note_used()
        self.refused.write(self.clients)

    @cached_property
    def is_recording(self) -> bool:
        """Whether the ledger is that of a recording: then everything that leaves is marked so."""
        return ledger_world(self.storage.database) == "recording"
