"""The ports `PushReplies` and `PushNotes` in SQL."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import orjson
from sqlalchemy import Engine, and_, case, delete, func, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from lienthong.adapters.sql.database import open_reader
from lienthong.adapters.sql.errors import translate_errors
from lienthong.adapters.sql.push_tables import push_notes, push_replies
from lienthong.envelope import parse_utc
from lienthong.ports import KeptReply, PushStatus, Reply, ReplyKey, Transaction

_REPLY = push_replies.c
_NOTE = push_notes.c


class SqlPushReplies:
    """See `PushReplies`."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def find(self, keys: Sequence[ReplyKey], transaction: Transaction) -> Mapping[ReplyKey, KeptReply]:
        if not keys:
            return {}
        of_keys = or_(*(and_(_REPLY.inbox == a, _REPLY.client == b, _REPLY.push_key == c) for a, b, c in keys))
        return {
            ReplyKey(row.inbox, row.client, row.push_key): KeptReply(
                row.digest, Reply(row.status, row.body, row.content_type, orjson.loads(row.headers))
            )
            for row in transaction.connection.execute(select(push_replies).where(of_keys))
        }

    def keep(self, replies: Mapping[ReplyKey, KeptReply], now: datetime, transaction: Transaction) -> None:
        rows = [
            {
                "inbox": key.inbox,
                "client": key.client,
                "push_key": key.key,
                "digest": kept.digest,
                "status": kept.reply.status,
                "content_type": kept.reply.content_type,
                "headers": orjson.dumps(dict(kept.reply.headers)).decode(),
                "body": kept.reply.body,
                "at": _text(now),
            }
            for key, kept in replies.items()
        ]
        if rows:
            with translate_errors():
                transaction.connection.execute(insert(push_replies), rows)

    def forget(self, before: datetime) -> None:
        with translate_errors(), self._database.connect().execution_options(writing=True) as connection:
            connection.execute(delete(push_replies).where(_REPLY.at < _text(before)))
            connection.commit()


class SqlPushNotes:
    """See `PushNotes`."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def add(self, statuses: Sequence[PushStatus]) -> None:
        if not statuses:
            return
        dialect = postgresql if self._database.dialect.name == "postgresql" else sqlite
        new = dialect.insert(push_notes)
        more = new.excluded
        later = or_(_NOTE.refused_at.is_(None), more.refused_at >= _NOTE.refused_at)
        changes = {
            "pushes": _NOTE.pushes + more.pushes,
            "refused": _NOTE.refused + more.refused,
            **{name: _later(_NOTE[name], more[name]) for name in ("pushed_at", "new_at", "refused_at")},
            "refusal": case((and_(more.refused_at.is_not(None), later), more.refusal), else_=_NOTE.refusal),
        }
        rows = [
            {
                "inbox": one.inbox,
                "pushes": one.pushes,
                "refused": one.refused,
                "pushed_at": _text(one.pushed_at),
                "new_at": _text(one.new_at),
                "refused_at": _text(one.refused_at),
                "refusal": one.refusal,
            }
            for one in sorted(statuses, key=lambda one: one.inbox)
        ]
        with translate_errors(), self._database.connect().execution_options(writing=True) as connection:
            connection.execute(new.on_conflict_do_update(index_elements=["inbox"], set_=changes), rows)
            connection.commit()

    def read(self) -> Mapping[str, PushStatus]:
        with open_reader(self._database) as connection:
            rows = connection.execute(select(push_notes)).all()
        return {
            row.inbox: PushStatus(
                row.inbox,
                row.pushes,
                row.refused,
                _instant(row.pushed_at),
                _instant(row.new_at),
                _instant(row.refused_at),
                row.refusal,
            )
            for row in rows
        }


def _later(known: object, more: object) -> object:
    """The later of two moments, either of which may be missing."""
    return case((func.coalesce(more, "") > func.coalesce(known, ""), more), else_=known)


def _text(moment: datetime | None) -> str | None:
    # The same number of digits always: instants are compared as text.
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else None


def _instant(text: str | None) -> datetime | None:
    return parse_utc(text) if text else None
