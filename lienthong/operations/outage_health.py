"""What the doctor finds of subscriptions that are not delivered to."""

from collections.abc import Iterator

from lienthong.data.local_time import MINUTE, local_time
from lienthong.messages import message
from lienthong.operations.health_items import HealthItem, Installation
from lienthong.subscriptions.model import Subscription
from lienthong.subscriptions.outages import Outage, outage_of


def examine_outages(installation: Installation) -> Iterator[HealthItem]:
    """One item for each subscription in an outage, or that waits for its receiver's consent."""
    from lienthong.adapters.sql.outage_notes import SqlOutageNotes
    from lienthong.adapters.sql.subscriptions import SqlSubscriptions

    if not installation.has_board:
        return
    database = installation.ledger_database
    notes = {one.outage: one for one in SqlOutageNotes(database).list()}
    for one in SqlSubscriptions(database).list():
        outage = outage_of(one)
        if outage is not None:
            note = notes.get(outage)
            yield _item(one, outage, note.why if note else message("not yet"))
        elif one.state == "paused":
            text = message("{name} is paused: {why}", name=one.name, why=one.trouble.why or message("no reason given"))
            yield HealthItem(message("Subscriptions"), "warn", text)


def _item(one: Subscription, outage: Outage, not_informed: str) -> HealthItem:
    topic, since, why = message("Subscriptions"), local_time(outage.since, MINUTE), one.trouble.why.rstrip(".")
    match outage.kind:
        case "failing":
            text = message("deliveries to {name} fail since {since}: {why}", name=one.name, since=since, why=why)
        case "paused":
            text = message("{name} was given up after its last attempt: {why}", name=one.name, why=why)
        case "ended":
            text = message("{name} has ended: {why}", name=one.name, why=why)
    advice = message("`lienthong subscriptions check {name}` tries it; `resume {name}` goes on", name=one.name)
    if not_informed:
        advice = message("its owner is not informed: {why}; {advice}", why=not_informed, advice=advice)
    return HealthItem(topic, "warn", text, advice)
