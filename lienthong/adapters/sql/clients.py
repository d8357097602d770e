"""The port `Clients` in SQL."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, Row, bindparam, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from lienthong.access.clients import Client, ClientKey, KeyOwner
from lienthong.access.keys import KeyMarks
from lienthong.access.rate import Rate
from lienthong.adapters.sql.client_tables import client_keys, clients
from lienthong.adapters.sql.database import open_reader
from lienthong.adapters.sql.errors import translate_errors
from lienthong.envelope import parse_utc
from lienthong.ports import Transaction

# Built once: it runs for every call that comes with a key not seen lately.
_OWNERS = (
    select(client_keys, clients.c.name, clients.c.owner, clients.c.scopes, clients.c.rate_calls, clients.c.rate_seconds)
    .add_columns(clients.c.created_at.label("client_created_at"), clients.c.expires_at.label("client_expires_at"))
    .join(clients, clients.c.name == client_keys.c.client)
    .where(client_keys.c.key_begin == bindparam("begins"))
)
_KEYS = select(client_keys).order_by(client_keys.c.number.desc())


class SqlClients:
    """See `Clients`."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def add(self, client: Client, transaction: Transaction) -> bool:
        row = {
            "name": client.name,
            "owner": client.owner,
            "scopes": "\n".join(client.scopes),
            "rate_calls": client.rate.calls,
            "rate_seconds": client.rate.seconds,
            "created_at": _text(client.created_at),
            "expires_at": _text(client.expires_at),
        }
        try:
            with transaction.connection.begin_nested():
                transaction.connection.execute(insert(clients).values(row))
        except IntegrityError:
            return False
        return True

    def add_key(self, key: ClientKey, transaction: Transaction) -> None:
        transaction.connection.execute(
            insert(client_keys).values(
                client=key.client,
                key_begin=key.marks.begin,
                key_end=key.marks.end,
                digest=key.marks.digest,
                created_at=_text(key.created_at),
                expires_at=_text(key.expires_at),
            )
        )

    def shorten(self, key: int, until: datetime, transaction: Transaction) -> None:
        is_later = or_(client_keys.c.expires_at.is_(None), client_keys.c.expires_at > _text(until))
        change = update(client_keys).where(client_keys.c.number == key, is_later)
        transaction.connection.execute(change.values(expires_at=_text(until)))

    def remove(self, name: str, transaction: Transaction) -> bool:
        transaction.connection.execute(delete(client_keys).where(client_keys.c.client == name))
        return transaction.connection.execute(delete(clients).where(clients.c.name == name)).rowcount == 1

    def lock(self, name: str, transaction: Transaction) -> Sequence[ClientKey] | None:
        # SQLite has no lock of a row; there a transaction that writes is alone from its beginning.
        client = select(clients.c.name).where(clients.c.name == name).with_for_update()
        if transaction.connection.execute(client).one_or_none() is None:
            return None
        return [_key(row) for row in transaction.connection.execute(_KEYS.where(client_keys.c.client == name))]

    def find(self, name: str) -> Client | None:
        with open_reader(self._database) as connection:
            row = connection.execute(select(clients).where(clients.c.name == name)).one_or_none()
        return _client(row, created_at=row.created_at, expires_at=row.expires_at) if row else None

    def list(self) -> Sequence[Client]:
        with open_reader(self._database) as connection:
            rows = connection.execute(select(clients).order_by(clients.c.name)).all()
        return [_client(row, created_at=row.created_at, expires_at=row.expires_at) for row in rows]

    def keys(self, name: str = "") -> Sequence[ClientKey]:
        query = _KEYS.where(client_keys.c.client == name) if name else _KEYS
        with open_reader(self._database) as connection:
            rows = connection.execute(query).all()
        return [_key(row) for row in rows]

    def owners(self, begin: str) -> Sequence[KeyOwner]:
        with open_reader(self._database) as connection:
            rows = connection.execute(_OWNERS, {"begins": begin}).all()
        return [
            KeyOwner(_client(row, created_at=row.client_created_at, expires_at=row.client_expires_at), _key(row))
            for row in rows
        ]

    def note_used(self, used: Mapping[int, datetime]) -> None:
        if not used:
            return
        change = update(client_keys).where(client_keys.c.number == bindparam("of_key"))
        values = [{"of_key": number, "last_used_at": _text(at)} for number, at in used.items()]
        with translate_errors(), self._database.connect().execution_options(writing=True) as connection:
            connection.execute(change, values)
            connection.commit()


def _client(row: Row[Any], *, created_at: str, expires_at: str | None) -> Client:
    return Client(
        name=row.name,
        owner=row.owner,
        scopes=tuple(row.scopes.split("\n")),
        rate=Rate(row.rate_calls, row.rate_seconds),
        created_at=parse_utc(created_at),
        expires_at=_instant(expires_at),
    )


def _key(row: Row[Any]) -> ClientKey:
    return ClientKey(
        number=row.number,
        client=row.client,
        marks=KeyMarks(row.key_begin, row.key_end, row.digest),
        created_at=parse_utc(row.created_at),
        expires_at=_instant(row.expires_at),
        last_used_at=_instant(row.last_used_at),
    )


def _text(moment: datetime | None) -> str | None:
    # The same number of digits always: instants are compared as text.
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else None


def _instant(text: str | None) -> datetime | None:
    return parse_utc(text) if text else None
