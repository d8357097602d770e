"""The sink that keeps a project's notices, for the command line."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.database import open_database
from lienthong.configuration.resolve import make_part, sinks_with
from lienthong.errors import WrongUse
from lienthong.intake.record_envelope import make_envelope
from lienthong.messages import message
from lienthong.ports import Site
from lienthong.ports.notice_keeping import KeepsNotices, Resolution
from lienthong.runtime.composition import Storage, open_storage
from lienthong.runtime.existing_storage import require_ledger
from lienthong.runtime.project import Project
from lienthong.settings import Settings
from lienthong.topology import route_queue


@dataclass(frozen=True, slots=True)
class OpenNotices:
    """The sink that keeps the notices, and the ledger in which a resolution stands."""

    keeper: KeepsNotices
    storage: Storage

    def record(self, resolution: Resolution, *, who: str) -> str:
        """Receive what `who` found out, as if it were pushed. The bus passes it on. Returns the id of its event."""
        settings = self.storage.settings
        inbox = settings.inboxes.get(resolution.inbox)
        routes = settings.routes_from(inbox.source) if inbox else ()
        if inbox is None or not routes:
            raise WrongUse(message("no route begins with the inbox {inbox}", inbox=resolution.inbox))
        event = make_envelope(inbox.source, resolution.record, datetime.now(UTC))
        to = tuple(route_queue(route.name) for route in routes)
        with self.storage.ledger.transaction() as transaction:
            transaction.receive([event], source=inbox.source, to=to, cursor={}, who=who)
        return event.id


@contextmanager
def open_notices(project: Project) -> Iterator[OpenNotices]:
    """The sink of a project that keeps notices, over the database that is there.

    Raises `WrongUse` for a project that keeps none, `NoLedger`, and `Misconfigured` with every error.
    """
    endpoints = require_ledger(project)
    with closing(open_storage(project.settings(), endpoints, SystemClock())) as storage:
        yield OpenNotices(_required(make_keeper(storage.settings, storage.site)), storage)


@contextmanager
def without_database(settings: Settings) -> Iterator[KeepsNotices | None]:
    """The same sink for what needs no database, such as its templates; None for a project that keeps no notices."""
    database = open_database(f"sqlite:///{tempfile.gettempdir()}/lienthong-unused.db")  # it is never connected to
    try:
        yield make_keeper(settings, Site(SystemClock(), database))
    finally:
        database.dispose()


def make_keeper(settings: Settings, site: Site) -> KeepsNotices | None:
    """The sink of the settings that keeps notices, if there is one."""
    for sink in sinks_with("notice_costs", settings):
        keeper: KeepsNotices = make_part(sink, settings, site)
        return keeper
    return None


def _required(keeper: KeepsNotices | None) -> KeepsNotices:
    if keeper is None:
        raise WrongUse(message("this project keeps no notices: none of its sinks has the methods of `KeepsNotices`"))
    return keeper
