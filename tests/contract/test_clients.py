"""The contract of the clients' store over every database; and each act on a client is in the ledger."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from lienthong.access.keys import make_key
from lienthong.access.rate import Rate
from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.clients import SqlClients
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.errors import Transient, WrongUse
from lienthong.operations.access_acts import Act
from lienthong.operations.clients import (
    SOURCE,
    ClientStore,
    NoSuchClient,
    add_client,
    client_json,
    look_at_clients,
    remove_client,
    rotate_key,
)
from lienthong.operations.keyring import KEPT_SECONDS, Keyring
from lienthong.operations.refused_calls import RefusedCalls

LAN = Act("lan", "quầy số 1")


@pytest.fixture
def store(database: Engine, ledger: SqlLedger, clock: ReplayClock) -> ClientStore:
    return ClientStore(SqlClients(database), ledger, clock)


class Stopwatch:
    """Seconds that only a test lets pass."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def keyring(store: ClientStore, stopwatch: Stopwatch) -> Keyring:
    return Keyring(store.clients, store.clock, stopwatch)


def test_a_key_finds_its_client(store: ClientStore, keyring: Keyring) -> None:
    new = add_client(store, "counter", ["counter-checks", "inbox:*"], act=LAN, rate=Rate(5, 60), owner="Sở Y")
    client = keyring.find(new.key)
    assert client is not None
    assert (client.name, client.owner, client.rate, client.scopes) == (
        "counter",
        "Sở Y",
        Rate(5, 60),
        ("counter-checks", "inbox:*"),
    )
    assert client.may("inbox:portal")
    assert not client.may("gates")
    assert keyring.find(make_key()) is None
    assert keyring.find("") is None


def test_no_key_is_in_the_database(store: ClientStore, database: Engine) -> None:
    keys = [add_client(store, "a", ["x"], act=LAN).key, rotate_key(store, "a", act=LAN).key]
    with database.connect() as connection:
        for table in ("access_clients", "access_keys", "ledger_entries", "ledger_bodies"):
            for row in connection.execute(text(f"SELECT * FROM {table}")):  # noqa: S608 - our own names
                written = repr(tuple(bytes(each) if isinstance(each, memoryview) else each for each in row))
                assert not any(key in written for key in keys)


def test_every_act_is_in_the_ledger_with_who_and_why(store: ClientStore) -> None:
    add_client(store, "a", ["x"], act=LAN)
    rotate_key(store, "a", act=Act("minh", "khóa cũ lộ"))
    remove_client(store, "a", act=Act("lan", "thôi dùng"))
    done = [entry for entry in store.ledger.trail("a") if entry.verdict == "done"]
    assert [(entry.who, entry.reason.rpartition(": ")[2]) for entry in done] == [
        ("lan", "quầy số 1"),
        ("minh", "khóa cũ lộ"),
        ("lan", "thôi dùng"),
    ]
    balance = store.ledger.balance()
    assert balance.faults == ()
    assert (balance.sources[SOURCE].received, balance.sources[SOURCE].delivered) == (3, 3)
    assert list(store.ledger.verify()) == []
    assert list(store.ledger.open_items()) == []


def test_while_a_key_is_rotated_both_are_accepted_and_an_older_one_is_not(
    store: ClientStore, keyring: Keyring, clock: ReplayClock, stopwatch: Stopwatch
) -> None:
    first = add_client(store, "a", ["x"], act=LAN).key
    second = rotate_key(store, "a", act=LAN, overlap=timedelta(hours=1))
    assert second.old_until == clock.now() + timedelta(hours=1)
    assert [keyring.find(key) is not None for key in (first, second.key)] == [True, True]
    third = rotate_key(store, "a", act=LAN, overlap=timedelta(hours=2)).key
    stopwatch.now += KEPT_SECONDS
    assert [keyring.find(key) is not None for key in (first, second.key, third)] == [False, True, True]
    clock.move_to(clock.now() + timedelta(hours=2))
    assert [keyring.find(key) is not None for key in (second.key, third)] == [False, True]


def test_a_rotation_never_lengthens_the_life_of_a_key(store: ClientStore, clock: ReplayClock) -> None:
    add_client(store, "a", ["x"], act=LAN)
    until = rotate_key(store, "a", act=LAN, overlap=timedelta(hours=1)).old_until
    rotate_key(store, "a", act=LAN, overlap=timedelta(days=30))
    first = look_at_clients(store)[0].keys[-1]
    assert first.expires_at is not None
    assert until is not None
    assert first.expires_at <= until


def test_a_client_that_was_removed_or_has_expired_is_refused(
    store: ClientStore, keyring: Keyring, clock: ReplayClock, stopwatch: Stopwatch
) -> None:
    removed = add_client(store, "a", ["x"], act=LAN).key
    expiring = add_client(store, "b", ["x"], act=LAN, expires_at=clock.now() + timedelta(days=1)).key
    assert keyring.find(removed) and keyring.find(expiring)
    remove_client(store, "a", act=LAN)
    stopwatch.now += KEPT_SECONDS
    assert keyring.find(removed) is None
    clock.move_to(clock.now() + timedelta(days=1))
    assert keyring.find(expiring) is None


def test_it_is_known_when_a_key_was_used_last(store: ClientStore, keyring: Keyring, clock: ReplayClock) -> None:
    key = add_client(store, "a", ["x"], act=LAN).key
    keyring.find(key)
    keyring.note_used()
    (view,) = look_at_clients(store)
    assert view.keys[0].last_used_at == clock.now()
    shown = client_json(view, clock.now())
    assert shown["keys"][0]["last_used"] == clock.now().isoformat()
    assert key not in str(shown)


def test_what_cannot_be_done_changes_nothing(store: ClientStore) -> None:
    add_client(store, "a", ["x"], act=LAN)
    with pytest.raises(NoSuchClient, match="rotate a"):
        add_client(store, "a", ["y"], act=LAN)
    with pytest.raises(NoSuchClient):
        rotate_key(store, "b", act=LAN)
    with pytest.raises(NoSuchClient):
        remove_client(store, "b", act=LAN)
    for name, scopes in (("A", ["x"]), ("a b", ["x"]), ("", ["x"]), ("c", []), ("c", ["x y"]), ("c", ["*"])):
        with pytest.raises(WrongUse):
            add_client(store, name, scopes, act=LAN)
    assert [view.client.scopes for view in look_at_clients(store)] == [("x",)]
    assert len(store.ledger.trail("a")) == 2


def test_refused_calls_are_counted_and_written_once_for_each_client(store: ClientStore) -> None:
    add_client(store, "a", ["x"], act=LAN)
    refused = RefusedCalls()
    for _ in range(1000):
        refused.note("a", "rate-exceeded")
    refused.note("a", "scope-lacking")
    refused.note("b", "scope-lacking")
    refused.write(store)
    refused.write(store)
    (entry,) = [entry for entry in store.ledger.trail("a") if entry.verdict == "done" and entry.who == "a"]
    assert "rate-exceeded, scope-lacking" in entry.reason
    assert "1.001" in entry.reason
    assert len(store.ledger.trail("b")) == 2
    assert store.ledger.balance().faults == ()


def test_refused_calls_that_cannot_be_written_are_kept(store: ClientStore, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = RefusedCalls()
    refused.note("a", "scope-lacking")

    def fails() -> None:
        raise Transient("x")

    with monkeypatch.context() as patched:
        patched.setattr(store.ledger, "transaction", fails)
        with pytest.raises(Transient):
            refused.write(store)
    refused.write(store)
    assert len(store.ledger.trail("a")) == 2


def test_keys_given_at_the_same_time_leave_two_alive(store: ClientStore) -> None:
    add_client(store, "counter", ["x"], act=LAN)
    with ThreadPoolExecutor(4) as threads:
        given = list(threads.map(lambda _: rotate_key(store, "counter", act=LAN).key, range(12)))
    keys = store.clients.keys("counter")
    assert len(given) == len(set(given)) == 12 and len(keys) == 13
    later = store.clock.now() + timedelta(seconds=1)
    assert [key.is_alive(later) for key in keys] == [True] * 2 + [False] * 11
