"""The contract of persons and their sessions over every database; and each act on a person is in the ledger."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from lienthong.access.passwords import check_password, hash_password, is_password
from lienthong.access.persons import Session
from lienthong.access.roles import Right, Role, rights_of
from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.acts import SqlActs, SqlReveals
from lienthong.adapters.sql.forms import SqlForms
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.persons import SqlPersons, SqlSessions, forget_ended
from lienthong.dead_letters.actor import Actor
from lienthong.errors import WrongUse
from lienthong.operations.access_acts import Act
from lienthong.operations.access_log import list_acts, make_filter
from lienthong.operations.persons import (
    NoSuchPerson,
    PersonStore,
    add_person,
    change_person,
    disable_person,
    enable_person,
    log_out_everywhere,
    set_password,
)

ROOT, PASSWORD = Act("root", "ca đêm"), "bốn từ của riêng tôi"


@pytest.fixture
def store(database: Engine, ledger: SqlLedger, clock: ReplayClock, monkeypatch: pytest.MonkeyPatch) -> PersonStore:
    monkeypatch.setattr("lienthong.operations.persons.hash_password", lambda password: f"hash of {len(password)}")
    return PersonStore(SqlPersons(database), SqlSessions(database), ledger, clock)


def test_a_person_is_kept_changed_and_known_by_every_name(store: PersonStore, database: Engine) -> None:
    add_person(store, "lan", ["operator"], act=ROOT, name=" Trần  Thị Lan", password=PASSWORD, accounts=["bus1"])
    person = change_person(store, "lan", act=ROOT, roles=["auditor", "operator"])
    assert store.persons.find("lan") == person
    assert (person.name, person.roles, person.accounts) == ("Trần Thị Lan", ("operator", "auditor"), ("bus1",))
    assert all(person.is_named(text) for text in ("LAN", "trần thị lan", "Bus1"))
    for login, name, accounts in (("hoa", "Lan", []), ("bus1", "Hoa", []), ("hoa", "Hoa", ["TRẦN THỊ LAN"])):
        with pytest.raises(NoSuchPerson, match="lan"):
            add_person(store, login, ["viewer"], act=ROOT, name=name, password=PASSWORD, accounts=accounts)
    with pytest.raises(NoSuchPerson):
        add_person(store, "lan", ["viewer"], act=ROOT, name="Hoa", password=PASSWORD)
    reasons = [act.reason for act in list_acts(SqlActs(database), make_filter(store.persons, kind="persons"), 9)]
    assert [reason.rpartition(": ")[2] for reason in reasons] == ["ca đêm", "ca đêm"]
    assert store.ledger.balance().faults == ()
    assert list(store.ledger.verify()) == []


def test_sessions_end_with_the_password_the_person_and_by_wish(store: PersonStore, clock: ReplayClock) -> None:
    add_person(store, "lan", ["operator"], act=ROOT, password=PASSWORD)

    def begin() -> None:
        with store.ledger.transaction() as transaction:
            for digest in ("a", "b"):
                now = clock.now()
                session = Session(digest=digest, login="lan", began_at=now, seen_at=now)
                store.sessions.begin(session, transaction)

    begin()
    assert set_password(store, "lan", f"{PASSWORD} nữa", act=ROOT) == 2
    begin()
    assert log_out_everywhere(store, "lan", act=ROOT) == 2
    begin()
    assert disable_person(store, "lan", act=ROOT) == 2
    assert store.sessions.find("a") is None
    with pytest.raises(NoSuchPerson):
        disable_person(store, "lan", act=ROOT)
    enable_person(store, "lan", act=ROOT)
    begin()
    found = store.sessions.find("a")
    assert found is not None and found[1].disabled_at is None


def test_what_cannot_be_a_person_is_refused(store: PersonStore) -> None:
    for login, roles, password in (
        ("La n", ["viewer"], PASSWORD),
        ("-lan", ["viewer"], PASSWORD),
        ("lan", [], PASSWORD),
        ("lan", ["root"], PASSWORD),
        ("lan", ["viewer"], "short"),
        ("lan", ["viewer"], "x" * 300),
        ("lan", ["viewer"], "aaaaaaaaaaaaaa"),
    ):
        with pytest.raises(WrongUse):
            add_person(store, login, roles, act=ROOT, password=password)
    with pytest.raises(WrongUse):
        check_password("Trần Thị Lan", "lan", "trần thị lan")
    assert store.persons.list() == []


def test_a_form_is_begun_once_until_it_failed(database: Engine, clock: ReplayClock, store: PersonStore) -> None:
    forms, now = SqlForms(database), clock.now()
    assert forms.begin("n", now) is None
    assert forms.begin("n", now) == ""
    forms.end("n", "/there")
    assert forms.begin("n", now) == "/there"
    forms.drop("n")
    assert forms.begin("n", now) is None


def test_a_field_is_shown_until_its_end(database: Engine, store: PersonStore, clock: ReplayClock) -> None:
    reveals, now = SqlReveals(database), clock.now()
    for minutes in (5, 10):
        with store.ledger.transaction() as transaction:
            reveals.add("lan", "e", "#/a", now.replace(minute=minutes), transaction)
    assert reveals.fields("lan", "e", now.replace(minute=9)) == [("#/a", now.replace(minute=10))]
    assert reveals.fields("lan", "e", now.replace(minute=10)) == reveals.fields("hoa", "e", now) == []
    forget_ended(database, now.replace(minute=9), idle=timedelta(minutes=1))
    assert reveals.fields("lan", "e", now)
    forget_ended(database, now.replace(minute=11), idle=timedelta(minutes=1))
    assert reveals.fields("lan", "e", now) == []


def test_passwords_are_argon2id_with_a_salt_of_their_own() -> None:
    stored = hash_password(PASSWORD)
    assert stored.startswith("$argon2id$") and stored != hash_password(PASSWORD)
    assert is_password(stored, PASSWORD)
    assert not is_password(stored, f"{PASSWORD} ")
    assert not is_password("", PASSWORD)


def test_edit_and_reveal_count_only_beside_the_right_to_contents() -> None:
    table: dict[Role, tuple[Right, ...]] = {"operator": ("see", "edit", "reveal"), "viewer": ("see-content",)}
    assert rights_of(["operator"], table) == {"see"}
    assert rights_of(["operator", "viewer"], table) == {"see", "see-content", "edit", "reveal"}


@pytest.mark.parametrize("recorded", ["Trần Thị Lan (lan)", "lan", "Lan (root)", "Hoa (LAN)", "Hoa (bus1)"])
def test_one_person_is_the_same_at_the_console_and_at_the_command_line(recorded: str) -> None:
    assert Actor("Trần Thị Lan", "lan", ("bus1",)).may_be(recorded)
    assert not Actor("Lê Văn Minh", "minh", ("bus2",)).may_be(recorded)
