"""The subscriptions of a project: their store, and what each of them is given."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.announcements import SqlAnnouncements
from lienthong.adapters.sql.clients import SqlClients
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.migrations.package import LEDGER
from lienthong.adapters.sql.migrations.runner import prepare
from lienthong.adapters.sql.subscriptions import SqlSubscriptions
from lienthong.configuration.condition_check import compile_condition
from lienthong.configuration.personal import personal_keys
from lienthong.errors import WrongUse
from lienthong.maintenance.announcement_removal import AnnouncementRemoval
from lienthong.messages import message
from lienthong.operations.access_acts import Act
from lienthong.operations.clients import record_act
from lienthong.operations.subscription_standing import Standing, look_at_subscriptions
from lienthong.operations.subscriptions import SubscriptionStore
from lienthong.ports import Broker, Clients, Clock, LedgerTransaction, Transaction
from lienthong.runtime.brokers import on_rabbitmq
from lienthong.runtime.deliveries import Deliveries
from lienthong.runtime.existing_storage import endpoints_to_serve
from lienthong.runtime.project import Project
from lienthong.runtime.world import ledger_world, settle_world
from lienthong.settings import Settings
from lienthong.subscriptions.delivery import Delivery, NoteLook
from lienthong.subscriptions.masked import MaskedData
from lienthong.subscriptions.model import SEES_PERSONAL_DATA, Subscription
from lienthong.subscriptions.selection import Selection

if TYPE_CHECKING:
    from lienthong.runtime.composition import Storage
    from lienthong.runtime.endpoints import Endpoints


@contextmanager
def open_subscription_store(project: Project) -> Iterator[SubscriptionStore]:
    """The subscriptions of a project. The live ledger is made where there is none, as for clients."""
    endpoints = endpoints_to_serve(project)
    clock, database = SystemClock(), open_database(endpoints.database_url())
    try:
        prepare(database, [LEDGER])
        settle_world(database, clock.now())
        yield SubscriptionStore(
            SqlSubscriptions(database),
            SqlAnnouncements(database),
            SqlClients(database),
            SqlLedger(database, clock),
            clock,
            project.readable_settings(),
            on_rabbitmq(endpoints),
        )
    finally:
        database.dispose()


def refuse_recording(project: Project) -> None:
    """Raise `WrongUse` on the ledger of a recording: nothing leaves from it."""
    database = open_database(project.where_a_ledger_is().endpoints.database_url())
    try:
        if ledger_world(database) == "recording":
            raise WrongUse(message("The ledger is that of a recording: nothing is sent from it to a subscriber."))
    finally:
        database.dispose()


def read_standings(endpoints: "Endpoints") -> Sequence[Standing]:
    """How the subscriptions of a ledger that is there stand."""
    database = open_database(endpoints.database_url())
    try:
        return look_at_subscriptions(SqlSubscriptions(database), SqlAnnouncements(database))
    finally:
        database.dispose()


def store_of(storage: "Storage", endpoints: "Endpoints") -> SubscriptionStore:
    """The subscriptions of an open storage."""
    return SubscriptionStore(
        SqlSubscriptions(storage.database),
        SqlAnnouncements(storage.database),
        SqlClients(storage.database),
        storage.ledger,
        storage.clock,
        storage.settings,
        on_rabbitmq(endpoints),
    )


def make_deliveries(storage: "Storage", broker: Broker, *, is_on: bool) -> Deliveries:
    """What delivers to the subscriptions of a running bus."""
    database, clock, ledger = storage.database, storage.clock, storage.ledger
    subscriptions, announcements, clients = SqlSubscriptions(database), SqlAnnouncements(database), SqlClients(database)
    from lienthong.runtime.channels import make_channels  # what only looks needs no HTTP

    make_channel = make_channels(broker, storage.settings, clock)

    masked = MaskedData()

    def make_delivery(name: str) -> Delivery:
        return Delivery(
            name,
            announcements=announcements,
            subscriptions=subscriptions,
            ledger=ledger,
            clock=clock,
            make_selection=lambda one: make_selection(one, storage.settings, clients, masked),
            make_channel=make_channel,
            note_look=make_look_note(clock),
        )

    keep = storage.settings.bus.keep_announcements
    return Deliveries(
        subscriptions,
        announcements,
        ledger=ledger,
        clock=clock,
        make_delivery=make_delivery,
        removal=AnnouncementRemoval(announcements, ledger=ledger, clock=clock, keep=keep),
        is_on=is_on,
    )


def make_look_note(clock: Clock) -> NoteLook:
    """What records that personal data was sent in clear: an event of the ledger for each batch, of its client."""

    def note(subscription: Subscription, events: int, transaction: Transaction) -> None:
        name, client = subscription.name, subscription.client
        what = message(
            "personal data of {count} events sent in clear to the subscription {name}", count=events, name=name
        )
        facts = {"subscription": name, "events": events, "cursor": str(subscription.place)}
        written = cast(LedgerTransaction, transaction)
        record_act(written, client, "personal-data-sent", facts, what=what, act=Act(client), now=clock.now())

    return note


def make_selection(
    subscription: Subscription, settings: Settings, clients: Clients, kept: MaskedData | None = None
) -> Selection:
    """What a subscription gets of events. Its client is asked for now: a scope that is taken away counts at once."""
    client = clients.find(subscription.client) if subscription.client else None
    condition = compile_condition(subscription.condition) if subscription.condition else None
    return Selection(
        condition,
        subscription.field_rule,
        frozenset(subscription.fields),
        {one: personal_keys(settings, one) for one in subscription.types},
        in_clear=client is not None and client.may(SEES_PERSONAL_DATA),
        kept=kept or MaskedData(),
    )
