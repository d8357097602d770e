"""Logging in and out with real sessions; and every page, for every role, with every way to send a form."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher

from lienthong.access import passwords
from lienthong.access.roles import DEFAULT_ROLES, ROLES
from lienthong.adapters.sql.persons import SqlPersons
from lienthong.console.gate import PLAIN_COOKIE, SECURE_COOKIE, SessionGate
from lienthong.console.log_in import LogIn
from lienthong.console.paths import PATHS
from lienthong.operations.access_acts import Act
from lienthong.operations.persons import PersonStore, add_person
from lienthong.operations.sessions import Sessions, form_token
from lienthong.runtime.composition import Storage
from lienthong.settings import DEFAULT_ACCESS
from tests.unit.console.conftest import Browser

PASSWORD = "mật khẩu thật dài"


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(passwords, "_hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._hash_of_none.cache_clear()
    yield
    passwords._hash_of_none.cache_clear()


class Visitor:
    """A browser that keeps no cookie by itself, in front of the gate of sessions. `caller`: where it is."""

    def __init__(self, browser: Browser) -> None:
        storage: Storage = browser.storage
        self.persons = PersonStore(SqlPersons(storage.database), storage.ledger, storage.clock)
        self.caller = "127.0.0.1"
        gate = SessionGate(Sessions(self.persons, DEFAULT_ACCESS), lambda _: self.caller)
        context = browser.context
        doors = tuple(LogIn(gate, is_recording=False).routes())
        self._browser = browser
        browser.context = replace(context, gate=gate, doors=doors)
        browser.mount()

    def add(self, login: str, *roles: str) -> None:
        add_person(self.persons, login, name=f"Bà {login}", roles=roles, password=PASSWORD, act=Act("binh"))

    def log_in(self, login: str, password: str = PASSWORD, **headers: str) -> httpx.Response:
        return self("POST", "/log-in", {"login": login, "password": password, "next": "/console/dead"}, **headers)

    def secret(self, login: str) -> str:
        return self.log_in(login).cookies[PLAIN_COOKIE]

    def __call__(self, method: str, path: str, form: dict[str, str] | None = None, **headers: str) -> httpx.Response:
        given = {name.replace("_", "-"): value for name, value in headers.items()} | {"accept-language": "en"}
        return self._browser(method, path, data=form, headers=given)


@pytest.fixture
def visitor(browser: Browser) -> Visitor:
    return Visitor(browser)


def test_who_logs_in_comes_to_the_page_that_was_asked_for(visitor: Visitor) -> None:
    visitor.add("lan", "operator")
    reply = visitor.log_in("lan")
    assert (reply.status_code, reply.headers["location"]) == (303, "/console/dead")
    secret = reply.cookies[PLAIN_COOKIE]
    page = visitor("GET", "/dead", cookie=f"{PLAIN_COOKIE}={secret}")
    assert page.status_code == 200
    assert "Bà lan" in page.text
    assert visitor("GET", "/log-in", cookie=f"{PLAIN_COOKIE}={secret}").status_code == 303
    gone = visitor("POST", "/log-out", {"token": form_token(secret)}, cookie=f"{PLAIN_COOKIE}={secret}")
    assert gone.headers["location"] == "/console/log-in"
    assert visitor("GET", "/dead", cookie=f"{PLAIN_COOKIE}={secret}").status_code == 303


def test_each_log_in_is_a_new_session_and_all_of_them_end_together(visitor: Visitor) -> None:
    visitor.add("lan", "operator")
    first, second = visitor.secret("lan"), visitor.secret("lan")
    assert first != second
    visitor("POST", "/log-out", {"token": form_token(first), "everywhere": "1"}, cookie=f"{PLAIN_COOKIE}={first}")
    assert visitor("GET", "/", cookie=f"{PLAIN_COOKIE}={second}").status_code == 303


def test_a_wrong_password_is_refused_and_then_waited_for(visitor: Visitor) -> None:
    visitor.add("lan", "operator")
    reply = visitor.log_in("lan", "wrong")
    assert reply.status_code == 401
    assert "login or password is not right" in reply.text
    assert [visitor.log_in("lan", "wrong").status_code for _ in range(5)][-1] == 429
    assert "Try again from" in visitor.log_in("lan").text


def test_over_https_the_cookie_belongs_to_the_host_alone(visitor: Visitor) -> None:
    visitor.add("lan", "operator")
    cookie = visitor.log_in("lan", x_forwarded_proto="https").headers["set-cookie"]
    assert cookie.startswith(f"{SECURE_COOKIE}=")
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    secret = cookie.partition("=")[2].partition(";")[0]
    assert visitor("GET", "/", cookie=f"{SECURE_COOKIE}={secret}").status_code == 303, "not over http"
    assert visitor("GET", "/", cookie=f"{SECURE_COOKIE}={secret}", x_forwarded_proto="https").status_code == 200


def test_over_http_hash_of_none_logs_in_from_another_machine(visitor: Visitor) -> None:
    visitor.add("lan", "operator")
    visitor.caller = "10.1.2.3"
    reply = visitor.log_in("lan")
    assert (reply.status_code, "set-cookie" in reply.headers) == (403, False)
    assert "over https" in visitor("GET", "/log-in").text
    assert visitor.log_in("lan", x_forwarded_proto="https").status_code == 303


def test_the_first_person_can_be_added_by_the_command_that_the_page_shows(visitor: Visitor) -> None:
    assert "lienthong access person add" in visitor("GET", "/log-in").text


def test_a_log_in_from_another_site_is_refused(visitor: Visitor) -> None:
    visitor.add("lan", "operator")
    for headers in ({"origin": "https://elsewhere"}, {"sec_fetch_site": "cross-site"}, {"origin": "null"}):
        assert visitor.log_in("lan", **headers).status_code == 403
    assert visitor.log_in("lan", origin="http://bus", sec_fetch_site="same-origin").status_code == 303


@pytest.mark.parametrize("role", ROLES)
def test_every_page_for_every_role_and_every_way_to_send_a_form(visitor: Visitor, role: str) -> None:
    visitor.add("lan", role)
    secret = visitor.secret("lan")
    token, cookie = form_token(secret), f"{PLAIN_COOKIE}={secret}"
    for page in PATHS:
        path, may = re.sub(r"\{[^}]*\}", "1", page.path), page.right in DEFAULT_ROLES[role]
        if page.method == "GET":
            assert (visitor("GET", path, cookie=cookie).status_code == 403) is not may, page
            continue
        assert visitor("POST", path, {}, cookie=cookie).status_code == 403, page
        foreign = visitor("POST", path, {"token": token}, cookie=cookie, origin="https://elsewhere")
        assert foreign.status_code == 403, page
        assert (visitor("POST", path, {"token": token}, cookie=cookie).status_code == 403) is not may, page


def test_no_page_is_served_without_a_session(visitor: Visitor, tmp_path: Path) -> None:
    for page in PATHS:
        reply = visitor(page.method, re.sub(r"\{[^}]*\}", "1", page.path), cookie=f"{PLAIN_COOKIE}={tmp_path.name}")
        assert (reply.status_code, reply.text) == (303, "")
