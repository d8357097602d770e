"""Persons: what a login, a role and a password may be, and how long a attacker waits."""

from datetime import UTC, datetime, timedelta

import pytest

from lienthong.access.passwords import hash_password, is_right
from lienthong.access.persons import Session, check_login, check_password, check_roles
from lienthong.access.roles import DEFAULT_ROLES, RIGHTS, ROLES, rights_of
from lienthong.access.waits import FREE_FAILURES, LONGEST_WAIT, Failures
from lienthong.errors import WrongUse

NOW = datetime(2026, 11, 29, 2, tzinfo=UTC)


def test_a_login_is_kept_in_lower_case() -> None:
    assert check_login(" Lan.Tran-2 ") == "lan.tran-2"


@pytest.mark.parametrize("login", ["", "-lan", "lan.", "lan tran", "Lân", "a" * 64, "lan\n"[:4] + "x y", "../etc"])
def test_a_login_that_cannot_be_used_is_refused(login: str) -> None:
    with pytest.raises(WrongUse, match=r"."):
        check_login(login)


def test_roles_are_known_and_there_is_one() -> None:
    assert check_roles(["approver", "viewer", "approver"]) == ("viewer", "approver")
    for given in ([], ["boss"], ["viewer", "Operator"]):
        with pytest.raises(WrongUse):
            check_roles(given)


def test_every_right_belongs_to_a_role_and_none_to_all() -> None:
    assert {right for role in ROLES for right in DEFAULT_ROLES[role]} == set(RIGHTS)
    assert rights_of(["auditor", "operator"], DEFAULT_ROLES) == ("see", "see-content", "act", "edit", "audit")
    assert rights_of(["viewer"], {"operator": ("act",)}) == ()


@pytest.mark.parametrize(
    "password", ["", "short", "a" * 11, "x" * 201, "aaaaaaaaaaaa", "ababababababab", "my-lan-tran-1"]
)
def test_a_password_that_is_easily_guessed_is_refused(password: str) -> None:
    with pytest.raises(WrongUse):
        check_password(password, "lan-tran")


def test_a_password_is_known_by_its_hash_alone() -> None:
    kept = hash_password("mật khẩu thật dài")
    assert kept.startswith("$argon2id$")
    assert "mật" not in kept
    assert is_right(kept, "mật khẩu thật dài")
    assert not is_right(kept, "mật khẩu thật dà")
    assert not is_right(None, "there is no such person")
    assert not is_right("spoilt", "mật khẩu thật dài")


def test_waits_begin_after_some_failures_double_and_end() -> None:
    def wait(count: int) -> timedelta | None:
        until = Failures(count, NOW).wait_until(NOW)
        return until - NOW if until else None

    assert [wait(count) for count in range(FREE_FAILURES + 1)] == [None] * (FREE_FAILURES + 1)
    seconds = [wait(FREE_FAILURES + more) for more in (1, 2, 3, 4)]
    assert seconds == [timedelta(seconds=one) for one in (2, 4, 8, 16)]
    assert wait(1_000_000) == LONGEST_WAIT
    assert Failures(99, NOW).wait_until(NOW + LONGEST_WAIT) is None
    assert Failures(99, NOW - timedelta(hours=24)).wait_until(NOW) is None


def test_a_session_ends_when_it_is_not_used_and_when_it_is_old() -> None:
    session = Session(digest="d", login="lan", created_at=NOW, seen_at=NOW + timedelta(hours=1))

    def is_alive(after: timedelta) -> bool:
        return session.is_alive(NOW + after, idle=timedelta(minutes=30), absolute=timedelta(hours=2))

    assert is_alive(timedelta(minutes=89))
    assert not is_alive(timedelta(minutes=90))
    assert not Session(digest="d", login="lan", created_at=NOW, seen_at=NOW + timedelta(hours=2)).is_alive(
        NOW + timedelta(hours=2), idle=timedelta(minutes=30), absolute=timedelta(hours=2)
    )
