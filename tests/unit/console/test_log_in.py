"""Logging in and out, and that no page is open without its right, however it is asked for."""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.routing import Mount

from lienthong.access.passwords import hash_password
from lienthong.access.roles import Role, rights_of
from lienthong.access.rules import DEFAULT_ACCESS
from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.jobs import SqlJobs
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.persons import SqlPersons, SqlSessions
from lienthong.console.app import make_console
from lienthong.console.context import ConsoleContext
from lienthong.console.gate import COOKIE, SessionGate
from lienthong.console.job_runner import JobRunner
from lienthong.console.log_in import log_in_routes
from lienthong.console.paths import PATHS
from lienthong.data.instants import parse_utc
from lienthong.operations.access_acts import Act
from lienthong.operations.persons import PersonStore, add_person, change_person, disable_person
from lienthong.runtime.composition import Storage
from lienthong.runtime.endpoints import Endpoints
from lienthong.runtime.project import Project
from tests.databases import open_embedded
from tests.unit.dead_letters.small_project import write_small_project

PASSWORD = "bốn từ của riêng tôi"
HERE = {"Origin": "https://bus", "Content-Type": "application/x-www-form-urlencoded"}
ROLES: tuple[Role, ...] = get_args(Role)


class Entrance:
    """A console over an empty bus, and browsers with cookies of their own."""

    def __init__(self, folder: Path, clock: ReplayClock) -> None:
        project = folder / "project"
        write_small_project(project)
        self.clock, self.seconds = clock, 0.0
        settings = Project(project, folder, {}).readable_settings()
        database = open_embedded(folder)
        self.storage = Storage(settings, clock, database, SqlLedger(database, clock))
        self.persons = PersonStore(SqlPersons(database), SqlSessions(database), self.storage.ledger, clock)
        self.gate = SessionGate(
            self.persons, DEFAULT_ACCESS, lambda scope: scope["client"][0], monotonic=lambda: self.seconds
        )
        jobs = JobRunner(SqlJobs(database), clock)
        context = ConsoleContext(self.storage, Endpoints(folder), Project(project, folder, {}), jobs, self.gate)
        self._app = Starlette(routes=[Mount("/console", make_console(context, log_in_routes(context, self.gate)))])

    def __call__(self, method: str, path: str, cookies: dict[str, str], **given: Any) -> httpx.Response:
        """The reply; the cookies are kept as a browser keeps them."""

        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, raise_app_exceptions=True)
            async with httpx.AsyncClient(transport=transport, base_url="https://bus", cookies=cookies) as client:
                reply = await client.request(method, f"/console{path}", **given)
                cookies.clear()
                cookies.update({cookie.name: cookie.value or "" for cookie in client.cookies.jar})
                return reply

        return asyncio.run(run())

    def log_in(self, login: str, password: str = PASSWORD, cookies: dict[str, str] | None = None) -> Any:
        """The cookies of a browser after its log-in, and the reply to it."""
        cookies = {} if cookies is None else cookies
        page = self("GET", "/log-in?next=/console/dead", cookies).text
        form = {"token": field(page, "token"), "next": field(page, "next"), "login": login, "password": password}
        return cookies, self("POST", "/log-in", cookies, content=urlencode(form), headers=HERE)


def field(page: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]*)"', page)
    assert found, page
    return found[1]


@pytest.fixture(scope="module")
def hashed() -> str:
    """The hash of `PASSWORD`, made once: each takes a tenth of a second."""
    return hash_password(PASSWORD)


@pytest.fixture
def entrance(tmp_path: Path, hashed: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Entrance]:
    found = Entrance(tmp_path, ReplayClock(parse_utc("2026-11-29T01:00:00+00:00")))
    monkeypatch.setattr("lienthong.operations.persons.hash_password", lambda _: hashed)
    add_person(found.persons, "lan", ["operator"], act=Act("root"), name="Trần Thị Lan", password=PASSWORD)
    yield found
    found.storage.close()


def test_one_logs_in_sees_a_page_and_logs_out(entrance: Entrance) -> None:
    cookies, reply = entrance.log_in("Lan ")
    assert (reply.status_code, reply.headers["location"]) == (303, "/console/dead")
    written = next(one for one in reply.headers.get_list("set-cookie") if one.startswith(f"{COOKIE}="))
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= set(written.split("; "))
    page = entrance("GET", "/dead", cookies)
    assert page.status_code == 200 and "Trần Thị Lan" in page.text
    assert page.headers["referrer-policy"] == "same-origin"
    kept = dict(cookies)
    out = entrance("POST", "/log-out", cookies, content=urlencode({"token": field(page.text, "token")}), headers=HERE)
    assert (out.status_code, out.headers["location"]) == (303, "/console/log-in")
    assert f'{COOKIE}=""' in out.headers["set-cookie"] and "Max-Age=0" in out.headers["set-cookie"]
    assert entrance("GET", "/dead", kept).status_code == 303
    reasons = [entry.reason for entry in entrance.storage.ledger.trail("lan") if entry.verdict == "done"]
    assert reasons[1:] == ["đăng nhập bằng mật khẩu", "đăng xuất"]
    assert entrance.storage.ledger.balance().faults == ()


def test_a_log_in_begins_a_new_session_and_ends_the_one_before(entrance: Entrance) -> None:
    cookies, _ = entrance.log_in("lan")
    first = dict(cookies)
    entrance.log_in("lan", cookies=cookies)
    assert cookies[COOKIE] != first[COOKIE]
    assert entrance("GET", "/help", first).status_code == 303
    assert entrance("GET", "/help", cookies).status_code == 200


def test_the_help_page_logs_out_every_browser_of_the_person(entrance: Entrance) -> None:
    here, elsewhere = entrance.log_in("lan")[0], entrance.log_in("lan")[0]
    page = entrance("GET", "/help", here).text
    form = {"token": field(page, "token"), "everywhere": field(page, "everywhere")}
    entrance("POST", "/log-out", here, content=urlencode(form), headers=HERE)
    assert entrance("GET", "/help", elsewhere).status_code == 303


def test_what_the_browser_has_is_not_in_the_database(entrance: Entrance) -> None:
    cookies, _ = entrance.log_in("lan")
    with entrance.storage.database.connect() as connection:
        for table in ("access_sessions", "access_persons", "ledger_bodies", "ledger_entries"):
            written = repr(connection.execute(text(f"SELECT * FROM {table}")).all())  # noqa: S608 - our own names
            assert cookies[COOKIE] not in written and PASSWORD not in written


def test_a_wrong_password_and_a_login_that_there_is_not_get_the_same_answer(entrance: Entrance) -> None:
    answers = [entrance.log_in(login, "another password")[1] for login in ("lan", "minh")]
    assert [answer.status_code for answer in answers] == [403, 403]
    pages = [re.sub(r'(name="(token|login)" value)="[^"]*"', "", answer.text) for answer in answers]
    assert pages[0] == pages[1]


@pytest.mark.slow
def test_who_guesses_waits_ever_longer_and_the_right_password_does_not_help_meanwhile(entrance: Entrance) -> None:
    statuses = [entrance.log_in("lan", f"guess number {number}")[1].status_code for number in range(5)]
    assert statuses == [403, 403, 403, 429, 429]
    assert entrance.log_in("lan")[1].status_code == 429
    entrance.seconds += 2
    assert entrance.log_in("lan", "another guess")[1].status_code == 429
    entrance.seconds += 4
    assert entrance.log_in("lan")[1].status_code == 303


def test_a_session_ends_without_requests_and_after_its_longest_time(entrance: Entrance) -> None:
    cookies, _ = entrance.log_in("lan")
    began = entrance.clock.now()
    for _ in range(24):
        entrance.clock.move_to(entrance.clock.now() + timedelta(minutes=29))
        assert entrance("GET", "/help", cookies).status_code == 200
    entrance.clock.move_to(began + DEFAULT_ACCESS.longest)
    assert entrance("GET", "/help", cookies).status_code == 303
    cookies, _ = entrance.log_in("lan")
    entrance.clock.move_to(entrance.clock.now() + DEFAULT_ACCESS.idle)
    assert entrance("GET", "/help", cookies).status_code == 303


def test_a_person_who_is_disabled_is_out_at_once_and_new_roles_count_at_once(entrance: Entrance) -> None:
    cookies, _ = entrance.log_in("lan")
    change_person(entrance.persons, "lan", roles=["auditor"], act=Act("root"))
    assert entrance("POST", "/dead/discards", cookies, headers=HERE).status_code == 403
    disable_person(entrance.persons, "lan", act=Act("root"))
    assert entrance("GET", "/help", cookies).status_code == 303
    assert entrance.log_in("lan")[1].status_code == 403


def test_the_log_in_form_has_to_come_from_its_page(entrance: Entrance) -> None:
    cookies: dict[str, str] = {}
    token = field(entrance("GET", "/log-in", cookies).text, "token")
    form = {"login": "lan", "password": PASSWORD}
    for fields, headers in (
        (form, HERE),
        (form | {"token": "other"}, HERE),
        (form | {"token": token}, HERE | {"Origin": "https://elsewhere"}),
        (form | {"token": token}, HERE | {"Sec-Fetch-Site": "cross-site"}),
        (form | {"token": token}, HERE | {"Origin": "null"}),
    ):
        given = dict(cookies)
        assert entrance("POST", "/log-in", given, content=urlencode(fields), headers=headers).status_code == 403
        assert COOKIE not in given


def test_without_a_person_the_page_names_the_command_that_makes_one(entrance: Entrance, monkeypatch: Any) -> None:
    assert "access person add" not in entrance("GET", "/log-in", {}).text
    monkeypatch.setattr(SqlPersons, "list", lambda _: [])
    assert "lienthong access person add LOGIN --role" in entrance("GET", "/log-in", {}).text


@pytest.mark.slow
def test_every_page_is_open_to_its_roles_alone_and_takes_no_form_from_elsewhere(entrance: Entrance) -> None:
    """Every page × every role × (asked, sent without a token, sent from elsewhere): as the table states."""
    for role in ROLES:
        add_person(entrance.persons, f"one-{role}", [role], act=Act("root"), password=PASSWORD)
        cookies, _ = entrance.log_in(f"one-{role}")
        token = field(entrance("GET", "/help", cookies).text, "token")
        for page in PATHS:
            path = re.sub(r"\{[a-z]+\}", "0" * 16, page.path)
            is_open = page.right is None or page.right in rights_of([role])
            place = f"{role} {page.method} {page.path}"
            if page.method == "GET":
                assert (entrance("GET", path, cookies).status_code != 403) == is_open, place
                continue
            for fields, headers in (
                ({}, HERE),
                ({"token": token}, HERE | {"Origin": "https://elsewhere"}),
                ({"token": token}, {"Content-Type": HERE["Content-Type"]}),
                ({"token": "other"}, HERE),
            ):
                reply = entrance("POST", path, cookies, content=urlencode(fields), headers=headers)
                assert reply.status_code == 403, place
            if not is_open:
                body = urlencode({"token": token})
                assert entrance("POST", path, cookies, content=body, headers=HERE).status_code == 403, place


def test_a_form_that_is_sent_twice_is_one_act(entrance: Entrance) -> None:
    cookies, _ = entrance.log_in("lan")
    token = field(entrance("GET", "/help", cookies).text, "token")
    body = urlencode({"token": token, "once": "a" * 22, "language": "en", "back": "/console/help"})
    first = entrance("POST", "/preferences", cookies, content=body, headers=HERE)
    body = urlencode({"token": token, "once": "a" * 22, "language": "vi", "back": "/console/dead"})
    second = entrance("POST", "/preferences", cookies, content=body, headers=HERE)
    assert (first.headers["location"], second.headers["location"]) == ("/console/help", "/console/help")
    assert "lienthong-language" in str(first.headers) and "lienthong-language" not in str(second.headers)
