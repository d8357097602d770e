"""The contract of the persons' store over every database: acts are in the ledger, sessions begin and end."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from lienthong.access import passwords
from lienthong.access.waits import FREE_FAILURES
from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.person_tables import failed_log_ins, persons
from lienthong.adapters.sql.person_tables import sessions as sessions_table
from lienthong.adapters.sql.persons import SqlPersons
from lienthong.adapters.sql.schema import bodies, entries
from lienthong.operations import persons as operations
from lienthong.operations.access_acts import Act
from lienthong.operations.persons import NoSuchPerson, PersonStore, add_person
from lienthong.operations.sessions import LogInRefused, Sessions
from lienthong.settings import DEFAULT_ACCESS

BINH = Act("Bình (binh)", "nhân viên mới")
PASSWORD = "mật khẩu thật dài"
TABLES = (persons, sessions_table, failed_log_ins, bodies, entries)


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that take a thousandth of the time."""
    from argon2 import PasswordHasher

    monkeypatch.setattr(passwords, "_hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._hash_of_none.cache_clear()


@pytest.fixture
def store(database: Engine, ledger: SqlLedger, clock: ReplayClock) -> PersonStore:
    return PersonStore(SqlPersons(database), ledger, clock)


@pytest.fixture
def sessions(store: PersonStore) -> Sessions:
    return Sessions(store, DEFAULT_ACCESS)


def add_lan(store: PersonStore) -> None:
    add_person(store, "Lan", name="Trần Thị Lan", roles=["operator", "approver"], password=PASSWORD, act=BINH)


def test_a_person_logs_in_and_out(store: PersonStore, sessions: Sessions) -> None:
    add_lan(store)
    secret = sessions.log_in(" LAN ", PASSWORD, address="10.0.0.1")
    viewer = sessions.find(secret)
    assert viewer is not None
    assert (viewer.login, viewer.name, viewer.roles) == ("lan", "Trần Thị Lan", ("operator", "approver"))
    assert viewer.rights == ("see", "see-content", "act", "edit", "approve")
    sessions.log_out(secret, viewer=viewer)
    assert sessions.find(secret) is None
    assert sessions.find("") is None


def test_what_is_kept_shows_no_secret_and_no_password(store: PersonStore, sessions: Sessions, database: Engine) -> None:
    add_lan(store)
    secret = sessions.log_in("lan", PASSWORD, address="")
    with database.connect() as connection:
        kept = repr([connection.execute(select(table)).all() for table in TABLES])
    assert "$argon2id$" in kept
    assert secret not in kept
    assert PASSWORD not in kept


def test_each_act_is_in_the_ledger_with_who_and_why(store: PersonStore, ledger: SqlLedger, sessions: Sessions) -> None:
    add_lan(store)
    sessions.log_in("lan", PASSWORD, address="")
    operations.set_roles(store, "lan", ["auditor"], act=BINH)
    operations.set_password(store, "lan", PASSWORD * 2, act=BINH)
    operations.disable(store, "lan", act=BINH)
    operations.enable(store, "lan", act=BINH)
    found = [entry for entry in ledger.trail("lan") if entry.stage == operations.SOURCE]
    assert [entry.who for entry in found if entry.verdict == "done"] == [
        BINH.who,
        "Trần Thị Lan (lan)",
        BINH.who,
        BINH.who,
        BINH.who,
        BINH.who,
    ]
    assert all("nhân viên mới" in entry.reason for entry in found if entry.who == BINH.who and entry.verdict == "done")


def test_other_roles_count_in_sessions_at_once(store: PersonStore, sessions: Sessions) -> None:
    add_lan(store)
    secret = sessions.log_in("lan", PASSWORD, address="")
    operations.set_roles(store, "lan", ["auditor"], act=BINH)
    viewer = sessions.find(secret)
    assert viewer is not None
    assert viewer.rights == ("see", "audit")


@pytest.mark.parametrize("way", ["disable", "log out everywhere", "password"])
def test_all_sessions_of_a_person_end(store: PersonStore, sessions: Sessions, way: str) -> None:
    add_lan(store)
    add_person(store, "minh", name="", roles=["viewer"], password=PASSWORD, act=BINH)
    of_lan = [sessions.log_in("lan", PASSWORD, address="") for _ in range(2)]
    of_minh = sessions.log_in("minh", PASSWORD, address="")
    match way:
        case "disable":
            operations.disable(store, "lan", act=BINH)
        case "password":
            operations.set_password(store, "lan", PASSWORD * 2, act=BINH)
        case _:
            assert operations.log_out_everywhere(store, "lan", act=BINH) == 2
    assert [sessions.find(secret) for secret in of_lan] == [None, None]
    assert sessions.find(of_minh) is not None


def test_a_session_ends_by_itself(store: PersonStore, sessions: Sessions, clock: ReplayClock) -> None:
    add_lan(store)
    secret, began = sessions.log_in("lan", PASSWORD, address=""), clock.now()
    for minutes in range(20, 12 * 60, 20):  # used again and again, so that it is never idle
        clock.move_to(began + timedelta(minutes=minutes))
        assert sessions.find(secret) is not None
    clock.move_to(began + timedelta(hours=12))
    assert sessions.find(secret) is None


def test_who_guesses_waits_by_login_and_by_address(store: PersonStore, sessions: Sessions, clock: ReplayClock) -> None:
    add_lan(store)
    for number in range(FREE_FAILURES + 1):
        with pytest.raises(LogInRefused) as refused:
            sessions.log_in("lan", "wrong", address=f"10.0.0.{number}")
        assert refused.value.until is None
    with pytest.raises(LogInRefused) as waits:
        sessions.log_in("lan", PASSWORD, address="10.0.0.99")
    assert waits.value.until == clock.now() + timedelta(seconds=2)
    clock.move_to(waits.value.until)
    assert sessions.log_in("lan", PASSWORD, address="10.0.0.99")
    for number in range(FREE_FAILURES + 1):
        with pytest.raises(LogInRefused):
            sessions.log_in(f"guess-{number}", "wrong", address="10.9.9.9")
    with pytest.raises(LogInRefused, match=r"chờ"):
        sessions.log_in("lan", PASSWORD, address="10.9.9.9")


def test_disabled_and_unknown_persons_are_refused_alike(store: PersonStore, sessions: Sessions) -> None:
    add_lan(store)
    operations.disable(store, "lan", act=BINH)
    reasons = set()
    for login in ("lan", "unknown"):
        with pytest.raises(LogInRefused) as refused:
            sessions.log_in(login, PASSWORD, address="")
        reasons.add(str(refused.value))
    assert len(reasons) == 1


def test_a_person_is_there_once(store: PersonStore) -> None:
    add_lan(store)
    with pytest.raises(NoSuchPerson):
        add_lan(store)
    with pytest.raises(NoSuchPerson):
        operations.set_roles(store, "minh", ["viewer"], act=BINH)
    assert [person.login for person in operations.list_persons(store)] == ["lan"]
