"""What the HTTP interface serves: the ledger with its database, who may call, and whether it is about to stop."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lienthong.access.clients import Client
from lienthong.access.rate import RateLimiter
from lienthong.adapters.sql.clients import SqlClients
from lienthong.adapters.sql.persons import forget_ended
from lienthong.adapters.sql.pushes import SqlPushNotes, SqlPushReplies
from lienthong.http.caller_address import CallerAddress
from lienthong.http.idempotency import KEPT
from lienthong.operations.clients import ClientStore
from lienthong.operations.keyring import Keyring
from lienthong.operations.pushes import CountedPushes
from lienthong.operations.refused_calls import RefusedCalls
from lienthong.requests.ledger_watch import LedgerWatch
from lienthong.requests.responder import Responder
from lienthong.runtime.composition import Storage
from lienthong.runtime.endpoints import Endpoints
from lienthong.runtime.requests import make_responders
from lienthong.runtime.world import ledger_world


@dataclass(frozen=True)
class Service:
    """One process that serves.

    - `draining` is set when it is to stop: it answers still, and is not ready any more.
    - `responders` by the name of their request; `watch` is of the ledger.
    """

    storage: Storage
    endpoints: Endpoints
    draining: threading.Event = field(default_factory=threading.Event)
    limiter: RateLimiter = field(default_factory=RateLimiter)
    refused: RefusedCalls = field(default_factory=RefusedCalls)
    pushes: CountedPushes = field(default_factory=CountedPushes)
    watch: LedgerWatch = field(default_factory=LedgerWatch)

    @cached_property
    def responders(self) -> Mapping[str, Responder]:
        """By name, what answers each request."""
        return make_responders(self.storage, self.watch)

    def close_responders(self) -> None:
        """Answer what waits, and end the threads."""
        for responder in self.responders.values():
            responder.close()

    def find_client(self, key: str) -> Client | None:
        """The client of a key; see `Keyring.find`."""
        with self.watch.call():
            return self.keyring.find(key)

    @cached_property
    def clients(self) -> ClientStore:
        return ClientStore(SqlClients(self.storage.database), self.storage.ledger, self.storage.clock)

    @cached_property
    def replies(self) -> SqlPushReplies:
        """The replies that are kept for those who repeat a push."""
        return SqlPushReplies(self.storage.database)

    @cached_property
    def caller_address(self) -> CallerAddress:
        return CallerAddress(self.storage.settings.bus.proxies)

    @cached_property
    def keyring(self) -> Keyring:
        return Keyring(self.clients.clients, self.storage.clock)

    def write_notes(self) -> None:
        """Write when keys were used, which calls were refused and what was pushed. Raises `Transient`; then it is kept
        for later.
        """
        self.keyring.note_used()
        self.refused.write(self.clients)
        self.pushes.write(SqlPushNotes(self.storage.database))
        now = self.storage.clock.now()
        self.replies.forget(now - KEPT)
        forget_ended(self.storage.database, now, idle=self.storage.settings.access.idle)

    @cached_property
    def is_recording(self) -> bool:
        """Whether the ledger is that of a recording: then everything that leaves is marked so."""
        return ledger_world(self.storage.database) == "recording"
