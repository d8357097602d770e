"""Owners of subscriptions are informed of outages by the project's mail server."""

import threading
from typing import TYPE_CHECKING

import structlog

from lienthong.adapters.sql.announcements import SqlAnnouncements
from lienthong.adapters.sql.clients import SqlClients
from lienthong.adapters.sql.outage_notes import SqlOutageNotes
from lienthong.adapters.sql.subscriptions import SqlSubscriptions
from lienthong.configuration.resolve import make_part, sinks_with
from lienthong.errors import Transient
from lienthong.maintenance.outage_notices import OutageNotices, SendMail
from lienthong.ports import Site
from lienthong.ports.mail import SendsMail
from lienthong.runtime.subscriptions import make_selection
from lienthong.subscriptions.model import Subscription
from lienthong.subscriptions.outage_letter import Held
from lienthong.subscriptions.pages import read_page

if TYPE_CHECKING:
    from lienthong.runtime.composition import Storage

LOOK_SECONDS = 30.0
"""Between two looks. An outage is one from its second attempt on, after 5 to 35 s: two minutes at most until a mail."""

log = structlog.get_logger(__name__)


def make_outage_notices(storage: "Storage") -> OutageNotices:
    """What informs the owners of the subscriptions in this storage."""
    announcements = SqlAnnouncements(storage.database)
    clients = SqlClients(storage.database)

    def held_for(one: Subscription) -> Held:
        upto = announcements.settled()
        selection = make_selection(one, storage.settings, clients)
        page = read_page(announcements, selection, one.types, place=one.place, limit=one.batch, upto=upto)
        waiting = announcements.backlog(one.place, one.types, upto=upto)
        ids = [event.id for event in page.batch]
        return Held(waiting.events, waiting.oldest, ids[0] if ids else "", ids[-1] if ids else "")

    return OutageNotices(
        SqlSubscriptions(storage.database),
        SqlOutageNotes(storage.database),
        storage.ledger,
        storage.clock,
        send=_sender(storage),
        held_for=held_for,
    )


class OutageWatch:
    """`serve` is the work of one thread. Nothing that goes wrong in it ends the process."""

    name = "outages"

    def __init__(self, storage: "Storage", every: float = LOOK_SECONDS) -> None:
        self._storage = storage
        self._every = every
        self._notices: OutageNotices | None = None

    def serve(self, stop: threading.Event) -> None:
        """Look until `stop` is set."""
        while not stop.wait(self._every):
            try:
                self._notices = self._notices or make_outage_notices(self._storage)
                self._notices.run()
            except Transient as down:
                log.warning("owners of subscriptions are informed later: the database does not answer", why=down.why)
            except Exception:
                log.exception("undeclared error while owners of subscriptions are informed")


def _sender(storage: "Storage") -> SendMail | None:
    sink = next(sinks_with("send_mail", storage.settings), None)
    if sink is None:
        return None
    sends: SendsMail = make_part(sink, storage.settings, Site(storage.clock, storage.database))
    return sends.send_mail
