"""The port `Subscriptions` in SQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Engine, Row, case, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from lienthong.adapters.sql.announcement_tables import (
    subscription_dead,
    subscription_notices,
    subscription_replays,
    subscriptions,
)
from lienthong.adapters.sql.database import open_reader
from lienthong.adapters.sql.moments import moment_text, optional_moment, optional_text
from lienthong.envelope import parse_utc
from lienthong.ports import Transaction
from lienthong.subscriptions.model import NO_TROUBLE, Counts, Place, State, Subscription, Trouble
from lienthong.subscriptions.ports import Step

_S = subscriptions.c


class SqlSubscriptions:
    """See `Subscriptions`."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def add(self, subscription: Subscription, transaction: Transaction) -> bool:
        try:
            with transaction.connection.begin_nested():
                transaction.connection.execute(insert(subscriptions).values(_row(subscription)))
        except IntegrityError:
            return False
        return True

    def remove(self, name: str, transaction: Transaction) -> bool:
        for table in (subscription_dead, subscription_replays, subscription_notices):
            transaction.connection.execute(delete(table).where(table.c.subscription == name))
        return transaction.connection.execute(delete(subscriptions).where(_S.name == name)).rowcount == 1

    def change_state(self, name: str, state: State, why: str, transaction: Transaction) -> bool:
        values = {"state": state, "why": why} | (_trouble(NO_TROUBLE) if state == "active" else {})
        change = update(subscriptions).where(_S.name == name)
        return transaction.connection.execute(change.values(**values)).rowcount == 1

    def keep_settings(self, changed: Subscription, transaction: Transaction) -> bool:
        row = _row(changed)
        kept = ("settings", "secret", "previous_secret", "previous_until", "state", "why")
        change = update(subscriptions).where(*_same(changed)).values({name: row[name] for name in kept})
        return transaction.connection.execute(change).rowcount == 1

    def note_replayed(self, before: Subscription, events: int, transaction: Transaction) -> None:
        change = update(subscriptions).where(*_same(before))
        transaction.connection.execute(change.values(replayed=_S.replayed + events))

    def find(self, name: str) -> Subscription | None:
        with open_reader(self._database) as connection:
            row = connection.execute(select(subscriptions).where(_S.name == name)).one_or_none()
        return _subscription(row) if row else None

    def list(self) -> Sequence[Subscription]:
        with open_reader(self._database) as connection:
            rows = connection.execute(select(subscriptions).order_by(_S.name)).all()
        return [_subscription(row) for row in rows]

    def advance(self, before: Subscription, step: Step, now: datetime, transaction: Transaction) -> bool:
        at_place = (_S.place_number == before.place.number, _S.place_position == before.place.position)
        values: dict[str, Any] = {
            "place_number": step.place.number,
            "place_position": step.place.position,
            "delivered": _S.delivered + step.delivered,
            "filtered": _S.filtered + step.filtered,
            "dead": _S.dead + len(step.dead),
        }
        if step.delivered or step.dead:
            values |= _trouble(NO_TROUBLE) | {"delivered_at": moment_text(now)}
            values["state"] = case((_S.state == "failing", "active"), else_=_S.state)
        change = update(subscriptions).where(*_same(before), *at_place)
        moved = transaction.connection.execute(change.values(**values)).rowcount == 1
        if moved and step.dead:
            transaction.connection.execute(insert(subscription_dead), _dead_rows(before.name, step, now))
        return moved

    def note_trouble(self, before: Subscription, trouble: Trouble, state: State, transaction: Transaction) -> None:
        change = update(subscriptions).where(*_same(before), _S.state.in_(("active", "failing")))
        transaction.connection.execute(change.values(state=state, **_trouble(trouble)))


def _same(before: Subscription) -> tuple[ColumnElement[bool], ...]:
    """The row of a subscription; another one may have its name by now."""
    return _S.name == before.name, _S.created_at == moment_text(before.created_at)


def _dead_rows(name: str, step: Step, now: datetime) -> Sequence[dict[str, Any]]:
    return [
        {
            "subscription": name,
            "number": one.number,
            "position": one.position,
            "event_id": one.id,
            "type": one.type,
            "why": step.why,
            "at": moment_text(now),
        }
        for one in step.dead
    ]


def _trouble(trouble: Trouble) -> dict[str, Any]:
    return {
        "failures": trouble.failures,
        "failing_since": optional_text(trouble.since),
        "again_at": optional_text(trouble.again_at),
        "why": trouble.why,
    }


def _row(one: Subscription) -> dict[str, Any]:
    return {
        "name": one.name,
        "owner": one.owner,
        "client": one.client,
        "types": "\n".join(one.types),
        "condition": one.condition,
        "field_rule": one.field_rule,
        "fields": "\n".join(one.fields),
        "channel": one.channel,
        "url": one.url,
        "batch": one.batch,
        "settings": orjson.dumps(dict(one.settings)).decode(),
        "state": one.state,
        "why": one.trouble.why,
        "keep_seconds": int(one.keep.total_seconds()),
        "created_at": moment_text(one.created_at),
        "start_number": one.start.number,
        "place_number": one.place.number,
        "place_position": one.place.position,
        "secret": one.secret,
        "previous_secret": one.previous_secret,
        "previous_until": optional_text(one.previous_until),
    }


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        name=row.name,
        owner=row.owner,
        client=row.client,
        types=tuple(row.types.split("\n")),
        condition=row.condition,
        field_rule=row.field_rule,
        fields=tuple(filter(None, row.fields.split("\n"))),
        channel=row.channel,
        url=row.url,
        batch=row.batch,
        settings=orjson.loads(row.settings),
        state=row.state,
        keep=timedelta(seconds=row.keep_seconds),
        created_at=parse_utc(row.created_at),
        start=Place(row.start_number),
        place=Place(row.place_number, row.place_position),
        counts=Counts(row.delivered, row.filtered, row.dead, row.dropped, row.removed, row.replayed),
        trouble=Trouble(row.failures, optional_moment(row.failing_since), optional_moment(row.again_at), row.why),
        delivered_at=optional_moment(row.delivered_at),
        secret=row.secret,
        previous_secret=row.previous_secret,
        previous_until=optional_moment(row.previous_until),
    )
