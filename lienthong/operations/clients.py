"""Clients and their keys: add, rotate, remove, list. Each act is an event of the ledger, with who did it and why.

The event has the source `access.clients` and the client's name as its subject, so `lienthong trail NAME` shows all that
was done with a client. It ends at the stage of the same name, in the transaction that changes the tables.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lienthong.access.clients import MAX_KEYS, Client, ClientKey, check_name, check_scopes
from lienthong.access.keys import make_key, marks_of
from lienthong.access.rate import DEFAULT_RATE, Rate
from lienthong.errors import LienthongError
from lienthong.masking import mask_text
from lienthong.messages import Message, message
from lienthong.operations.access_acts import CLIENTS, Act, record_access_act
from lienthong.ports import Clients, Clock, Ledger, LedgerTransaction

SOURCE = CLIENTS
"""The source and the stage of the acts on clients. No source of a project has a dot in its name."""

DEFAULT_OVERLAP = timedelta(days=7)
"""How long the old key is accepted beside the new one."""

MAX_OWNER_LENGTH = 100


class NoSuchClient(LienthongError):  # noqa: N818 - the name states what is wrong
    """The client is not there, or is there already. The text is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class ClientStore:
    """What acts on clients need: the clients, and the ledger of the same database."""

    clients: Clients
    ledger: Ledger
    clock: Clock


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key as it is shown this one time. `old_until`: until when the key before it is accepted."""

    client: str
    key: str
    old_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClientView:
    """A client as it is shown, with its keys, the latest first."""

    client: Client
    keys: Sequence[ClientKey]


def add_client(
    store: ClientStore,
    name: str,
    scopes: Sequence[str],
    *,
    act: Act,
    rate: Rate = DEFAULT_RATE,
    owner: str = "",
    expires_at: datetime | None = None,
) -> NewKey:
    """Add a client, and make its first key. Raises `WrongUse`, and `NoSuchClient` when there is one of this name."""
    now = store.clock.now()
    client = Client(
        name=check_name(name),
        scopes=check_scopes(scopes),
        rate=rate,
        created_at=now,
        owner=mask_text(" ".join(owner.split()))[:MAX_OWNER_LENGTH],
        expires_at=expires_at,
    )
    key = make_key()
    with store.ledger.transaction() as transaction:
        if not store.clients.add(client, transaction):
            raise NoSuchClient(
                message(
                    "there is a client {name} already; give it a new key with `lienthong access client rotate {name}`",
                    name=name,
                )
            )
        store.clients.add_key(ClientKey(client=name, marks=marks_of(key), created_at=now), transaction)
        facts = _facts(client) | {"key": str(marks_of(key))}
        what = message("client added, with key {key}", key=marks_of(key))
        record_act(transaction, name, "client-added", facts, what=what, act=act, now=now)
    return NewKey(name, key)


def rotate_key(store: ClientStore, name: str, *, act: Act, overlap: timedelta = DEFAULT_OVERLAP) -> NewKey:
    """Make a new key. The one before it is accepted for `overlap`, and no longer than it was; older ones end now.

    Raises `NoSuchClient`.
    """
    now, key = store.clock.now(), make_key()
    until = now + overlap
    with store.ledger.transaction() as transaction:
        keys = store.clients.lock(name, transaction)  # else two at once would leave three keys alive
        if keys is None:
            raise _no_such(name)
        alive = [one for one in keys if one.is_alive(now)]
        store.clients.add_key(ClientKey(client=name, marks=marks_of(key), created_at=now), transaction)
        for position, old in enumerate(alive, 1):
            store.clients.shorten(old.number, until if position < MAX_KEYS else now, transaction)
        facts = {"key": str(marks_of(key)), "old_keys": [str(old.marks) for old in alive], "until": until.isoformat()}
        what = message("new key {key}; the key before it ends", key=marks_of(key))
        record_act(transaction, name, "key-rotated", facts, what=what, act=act, now=now)
    old_until = min(until, alive[0].expires_at or until) if alive else None
    return NewKey(name, key, old_until)


def remove_client(store: ClientStore, name: str, *, act: Act) -> None:
    """Remove a client. None of its keys is accepted any more. Raises `NoSuchClient`."""
    client, now = _require(store, name), store.clock.now()
    with store.ledger.transaction() as transaction:
        if not store.clients.remove(name, transaction):
            raise _no_such(name)
        what = message("client removed, with all of its keys")
        record_act(transaction, name, "client-removed", _facts(client), what=what, act=act, now=now)


def look_at_clients(store: ClientStore) -> Sequence[ClientView]:
    """Every client by name."""
    keys = store.clients.keys()
    return [ClientView(one, [key for key in keys if key.client == one.name]) for one in store.clients.list()]


def client_json(view: ClientView, now: datetime) -> dict[str, Any]:
    """Instants are UTC in ISO 8601. No key is in it, only its begin and its end."""
    client = view.client
    return {
        "client": client.name,
        "owner": client.owner,
        "scopes": list(client.scopes),
        "rate": str(client.rate),
        "created": client.created_at.isoformat(),
        "expires": _iso(client.expires_at),
        "keys": [
            {
                "key": str(key.marks),
                "created": key.created_at.isoformat(),
                "expires": _iso(key.expires_at),
                "last_used": _iso(key.last_used_at),
                "alive": key.is_alive(now),
            }
            for key in view.keys
        ],
    }


def _require(store: ClientStore, name: str) -> Client:
    client = store.clients.find(name)
    if client is None:
        raise _no_such(name)
    return client


def _no_such(name: str) -> NoSuchClient:
    return NoSuchClient(message("there is no client {name}; `lienthong access client list` shows them", name=name))


def _facts(client: Client) -> dict[str, Any]:
    return {
        "client": client.name,
        "owner": client.owner,
        "scopes": list(client.scopes),
        "rate": str(client.rate),
        "expires": _iso(client.expires_at),
    }


def record_act(
    transaction: LedgerTransaction,
    client: str,
    kind: str,
    facts: Mapping[str, Any],
    *,
    what: Message,
    act: Act,
    now: datetime,
) -> None:
    """Record an act on a client; see `record_access_act`."""
    record_access_act(transaction, SOURCE, client, kind, facts, what=what, act=act, now=now)


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
