"""The doctor's look at subscriptions: which fail, which lag, and which have lost events."""

from collections.abc import Iterator
from datetime import timedelta

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.announcements import SqlAnnouncements
from lienthong.adapters.sql.subscriptions import SqlSubscriptions
from lienthong.data.local_time import MINUTE, local_time
from lienthong.messages import Message, format_number, message, message_n
from lienthong.operations.health_items import HealthItem, Installation
from lienthong.operations.subscription_standing import Standing, look_at_subscriptions

LATE = timedelta(hours=1)
"""How long an event may wait for a subscriber before there is a warning."""


def examine_subscriptions(installation: Installation) -> Iterator[HealthItem]:
    """An item for each subscription that is not well; one for all of them where none is."""
    if not installation.has_board:
        return
    database = installation.ledger_database
    found = look_at_subscriptions(SqlSubscriptions(database), SqlAnnouncements(database))
    topic, faulty = message("Subscriptions"), [item for one in found if (item := _item(one)) is not None]
    yield from faulty
    if found and not faulty:
        text = message_n(
            "{count} subscription has what is due", "{count} subscriptions have what is due", count=len(found)
        )
        yield HealthItem(topic, "ok", text)


def _item(one: Standing) -> HealthItem | None:
    topic, subscription, name = message("Subscriptions"), one.subscription, one.subscription.name
    trouble, waiting = subscription.trouble, format_number(one.waiting.events)
    if one.difference:
        what = message("{name}: {count} events are not accounted for", name=name, count=format_number(one.difference))
        return HealthItem(topic, "fail", what, message("run `lienthong verify`, and report it"))
    if trouble.since is not None:
        since, why = local_time(trouble.since, MINUTE), trouble.why.rstrip(".")
        what = message(
            "{name}: deliveries fail since {since}: {why}; {count} events are held",
            name=name,
            since=since,
            why=why,
            count=waiting,
        )
        return HealthItem(topic, "fail" if subscription.state == "paused" else "warn", what, _advice(one))
    if subscription.counts.dropped:
        count = format_number(subscription.counts.dropped)
        what = message("{name}: {count} events were dropped because they waited too long", name=name, count=count)
        advice = message("agree with its owner how it gets them, and on a longer `--keep`")
        return HealthItem(topic, "warn", what, advice)
    if subscription.state == "active" and one.lag(SystemClock().now()) > LATE:
        what = message("{name}: {count} events wait, the oldest for more than an hour", name=name, count=waiting)
        return HealthItem(topic, "warn", what, message("see whether the bus runs, and whether the subscriber fetches"))
    return None


def _advice(one: Standing) -> Message:
    if one.subscription.state == "paused":
        name = one.subscription.name
        return message("mend the receiver, then run `lienthong subscriptions resume {name}`", name=name)
    return message("inform its owner; it is tried again, and nothing is lost meanwhile")
