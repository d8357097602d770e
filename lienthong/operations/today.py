"""How the bus is, in six sentences: what an operator who is woken at three has to know first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from lienthong.configuration.resolve import make_part, sinks_with
from lienthong.dead_letters.group_notes import GroupNote, GroupNotes
from lienthong.dead_letters.model import LetterFilter, LetterStore
from lienthong.envelope import LOCAL_ZONE
from lienthong.errors import LienthongError
from lienthong.messages import Message, format_number, message, message_n
from lienthong.operations.alarms import SinkAlarms, find_alarms
from lienthong.operations.balance import balance_total, current_balance
from lienthong.operations.figures import Place
from lienthong.operations.labels import source_state_label
from lienthong.operations.letters import OwnedGroup, groups
from lienthong.operations.sources import SourceView, look_at_sources
from lienthong.ports import Site
from lienthong.ports.deadlines import DeadlinePressure, KeepsDeadlines

Topic = Literal["sources", "dead-letters", "deadlines", "waiting", "balance", "ledger"]
SignState = Literal["ok", "warn", "bad", "idle"]
"""In order; to be looked at today; to be acted on now; nothing there to judge."""

OLD = timedelta(hours=1)
"""An event that waits longer than this is looked at."""

VERIFY_EVERY = timedelta(days=2)
"""A ledger that was not verified for so long should be."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One of the six: what it is about, how it is, and the sentence.

    `details`: what stands behind it, in sentences; `groups`: the groups of dead letters that it is about.
    """

    topic: Topic
    state: SignState
    sentence: Message
    details: Sequence[str] = ()
    groups: Sequence[OwnedGroup] = ()


def look_at_today(place: Place, letter_store: LetterStore, notes: GroupNotes, site: Site) -> Sequence[Sign]:
    """The six signs, always in the same order. One that cannot be made states why; the others are there."""
    now = place.clock.now()
    makers: Sequence[tuple[Topic, Callable[[], Sign]]] = (
        ("sources", lambda: sources_sign(look_at_sources(place.board, place.ledger, place.settings, now))),
        ("dead-letters", lambda: letters_sign(*_parked(place, letter_store, notes))),
        ("deadlines", lambda: deadlines_sign(find_pressure(place, site))),
        ("waiting", lambda: waiting_sign(place, now)),
        ("balance", lambda: balance_sign(place)),
        ("ledger", lambda: ledger_sign(place, now)),
    )
    return [_sign(topic, make) for topic, make in makers]


def _sign(topic: Topic, make: Callable[[], Sign]) -> Sign:
    try:
        return make()
    except LienthongError as error:
        return Sign(topic, "bad", message("It cannot be looked at: {why}", why=str(error)))


def sources_sign(views: Sequence[SourceView]) -> Sign:
    """Which sources are silent or failing."""
    faulty = [view for view in views if view.is_faulty]
    polled = [view for view in views if view.state not in ("disabled", "unused")]
    if faulty:
        text = message_n(
            "{count} of {all} sources needs a person.",
            "{count} of {all} sources need a person.",
            count=len(faulty),
            all=format_number(len(polled)),
        )
        details = [
            message("{source}: {state}", source=view.name, state=source_state_label(view.state)) for view in faulty
        ]
        return Sign("sources", "bad", text, details)
    if not polled:
        return Sign("sources", "idle", message("No source is configured."))
    text = message_n("{count} source is in order.", "All {count} sources are in order.", count=len(polled))
    return Sign("sources", "ok", text)


def _parked(
    place: Place, letter_store: LetterStore, notes: GroupNotes
) -> tuple[Sequence[OwnedGroup], Mapping[str, GroupNote], date]:
    return (
        groups(letter_store, LetterFilter(), place.settings),
        notes.all(),
        place.clock.now().astimezone(LOCAL_ZONE).date(),
    )


def letters_sign(found: Sequence[OwnedGroup], notes: Mapping[str, GroupNote], today: date) -> Sign:
    """How many groups of dead letters no person looks after."""
    if not found:
        return Sign("dead-letters", "ok", message("No dead letter is parked."))
    text = message_n(
        "{count} dead letter is parked, in {groups}.",
        "{count} dead letters are parked, in {groups}.",
        count=sum(group.letters.count for group in found),
        groups=message_n("{count} group", "{count} groups", count=len(found)),
    )
    alone = sum(not _is_looked_after(group, notes, today) for group in found)
    if not alone:
        return Sign("dead-letters", "warn", text, [message("Each group is looked after.")], found)
    more = message_n(
        "{count} group is looked after by no person.", "{count} groups are looked after by no person.", count=alone
    )
    return Sign("dead-letters", "bad", text, [more], found)


def _is_looked_after(group: OwnedGroup, notes: Mapping[str, GroupNote], today: date) -> bool:
    note = notes.get(group.letters.cause.id)
    return note is not None and note.is_looked_after(today)


def find_pressure(place: Place, site: Site) -> DeadlinePressure | None:
    """The pressure of the project's deadlines; None when it keeps none."""
    for sink in sinks_with("pressure", place.settings):
        keeper: KeepsDeadlines = make_part(sink, place.settings, site)
        return keeper.pressure()
    return None


def deadlines_sign(pressure: DeadlinePressure | None) -> Sign:
    """Which deadlines are at risk or beyond their end."""
    if pressure is None:
        return Sign("deadlines", "idle", message("This project keeps no deadlines."))
    if not pressure.at_risk and not pressure.breached:
        text = message_n(
            "{count} deadline runs, none is at risk.", "{count} deadlines run, none is at risk.", count=pressure.running
        )
        return Sign("deadlines", "ok", text)
    if not pressure.at_risk:
        text = message_n(
            "{count} deadline is missed and still open; no other one is at risk.",
            "{count} deadlines are missed and still open; no other one is at risk.",
            count=pressure.breached,
        )
        return Sign("deadlines", "bad", text)
    text = message_n(
        "{count} deadline is at risk, {breached} are missed and still open.",
        "{count} deadlines are at risk, {breached} are missed and still open.",
        count=pressure.at_risk,
        breached=format_number(pressure.breached),
    )
    return Sign("deadlines", "bad" if pressure.breached else "warn", text)


def waiting_sign(place: Place, now: datetime) -> Sign:
    """The event that waits longest."""
    waiting = [(status.oldest, status) for status in place.ledger.stages() if status.oldest is not None]
    if not waiting:
        return Sign("waiting", "ok", message("No event waits."))
    oldest, status = min(waiting, key=lambda one: one[0])
    count = sum(one.open_events for _, one in waiting)
    text = message_n(
        "{count} event is not finished; the oldest has waited {span} at {stage}.",
        "{count} events are not finished; the oldest has waited {span} at {stage}.",
        count=count,
        span=span_label(now - oldest),
        stage=status.stage,
    )
    return Sign("waiting", "warn" if now - oldest > OLD else "ok", text)


def balance_sign(place: Place) -> Sign:
    """Whether every received event is accounted for, and what the sinks' reconciliations have found."""
    balance = current_balance(place.ledger)
    alarms = list(find_alarms(place.settings, place.database, place.clock))
    details = [*map(str, balance.faults), *map(_alarm, alarms)]
    total = balance_total(balance)
    if balance.faults:
        text = message_n("The balance has {count} fault.", "The balance has {count} faults.", count=len(balance.faults))
        return Sign("balance", "bad", text, details)
    if alarms:
        text = message_n(
            "The balance is even; the reconciliation with other systems has {count} open alarm.",
            "The balance is even; the reconciliation with other systems has {count} open alarms.",
            count=sum(one.alarms.count for one in alarms),
        )
        return Sign("balance", "warn", text, details)
    text = message_n(
        "{count} event was received, and it is accounted for.",
        "{count} events were received, and all are accounted for.",
        count=total.received,
    )
    return Sign("balance", "ok", text)


def _alarm(found: SinkAlarms) -> str:
    return message("{sink}: {text}", sink=found.sink, text=found.alarms.text)


def ledger_sign(place: Place, now: datetime) -> Sign:
    """When the chain was last verified."""
    verified = place.ledger.verified()
    if verified.at is None:
        return Sign("ledger", "warn", message("The ledger was never verified."))
    text = message_n(
        "The ledger was last verified {span} ago: {count} block, no fault.",
        "The ledger was last verified {span} ago: {count} blocks, no fault.",
        count=verified.blocks,
        span=span_label(now - verified.at),
    )
    return Sign("ledger", "warn" if now - verified.at > VERIFY_EVERY else "ok", text)


def span_label(span: timedelta) -> Message:
    """A span in whole minutes, hours or days."""
    minutes = max(span, timedelta(0)) // timedelta(minutes=1)
    if minutes < 120:
        return message_n("{count} minute", "{count} minutes", count=minutes)
    if minutes < 2 * 24 * 60:
        return message_n("{count} hour", "{count} hours", count=minutes // 60)
    return message_n("{count} day", "{count} days", count=minutes // (24 * 60))
