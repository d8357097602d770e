"""The console over a small bus with dead letters, and a viewer with the rights that a test gives."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlencode

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount

from lienthong.access.roles import Right, Viewer
from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.jobs import SqlJobs
from lienthong.console.app import make_console
from lienthong.console.context import ConsoleContext
from lienthong.console.job_runner import JobRunner
from lienthong.runtime.composition import Storage, open_storage
from lienthong.runtime.endpoints import Endpoints
from lienthong.runtime.project import Project
from tests.unit.dead_letters.letter_bus import LetterBus
from tests.unit.dead_letters.small_project import write_small_project

EVERYTHING: tuple[Right, ...] = get_args(Right)


class OpenGate:
    """Lets one viewer in, and takes forms with the token `ours`. `viewer_now` None: no session."""

    def __init__(self) -> None:
        self.viewer_now: Viewer | None = Viewer("lan", "Trần Thị Lan", ("operator",), EVERYTHING, "en")

    def viewer(self, _: Request) -> Viewer | None:
        return self.viewer_now

    def token(self, _: Request) -> str:
        return "ours"

    def is_ours(self, _: Request, token: str) -> bool:
        return token == "ours"

    def end(self, _: Request, response: Response, *, everywhere: bool) -> None:
        self.viewer_now = None


class Browser:
    """Reads pages and sends forms, in process."""

    def __init__(self, storage: Storage, folder: Path, project: Path) -> None:
        self.gate, self.storage = OpenGate(), storage
        endpoints = Endpoints(folder)
        jobs = JobRunner(SqlJobs(storage.database), storage.clock)
        self.context = ConsoleContext(storage, endpoints, Project(project, folder, {}), jobs, self.gate)
        self._app = Starlette(routes=[Mount("/console", make_console(self.context))])

    def __call__(self, method: str, path: str, **given: Any) -> httpx.Response:
        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, raise_app_exceptions=True)
            async with httpx.AsyncClient(transport=transport, base_url="http://bus") as client:
                return await client.request(method, f"/console{path}", **given)

        return asyncio.run(run())

    def read(self, path: str, status: int = 200, **given: Any) -> str:
        """The page, after a check of its status and its headers."""
        reply = self("GET", path, **given)
        assert reply.status_code == status, reply.text
        assert "script-src 'self'" in reply.headers["content-security-policy"]
        assert reply.headers["cache-control"] == "no-store"
        return reply.text

    def send(self, path: str, **fields: str) -> httpx.Response:
        """The reply to a form of a page of ours."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self("POST", path, content=urlencode({"token": "ours", **fields}), headers=headers)

    def see_as(self, *rights: Right) -> None:
        """From now on the viewer has these rights alone."""
        self.gate.viewer_now = Viewer("minh", "Lê Văn Minh", ("viewer",), rights, "en")


@pytest.fixture
def bus(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[LetterBus]:
    letter_bus = LetterBus(tmp_path, request.node.name)
    yield letter_bus
    letter_bus.close()


@pytest.fixture
def browser(bus: LetterBus, tmp_path: Path) -> Iterator[Browser]:
    """Two letters of one cause lie at the route, one at the sink."""
    bus.receive("bad", "A-1", "A-2")
    bus.receive("refused", "A-3")
    project = tmp_path / "project"
    write_small_project(project)
    storage = open_storage(Project(project, tmp_path, {}).readable_settings(), Endpoints(tmp_path), SystemClock())
    yield Browser(storage, tmp_path, project)
    storage.close()


def links(page: str) -> list[str]:
    """Where the links of a page lead, without `/console`."""
    return [found.removeprefix("/console") for found in re.findall(r'href="(/console[^"#]*)"', page)]


def once(page: str, action: str) -> str:
    """What the form of a page that leads to `action` sends to be done once."""
    form = page.split(f'action="/console{action}"', 1)[1].split("</form>", 1)[0]
    return re.findall(r'name="once" value="([^"]*)"', form)[0]


def ended(browser: Browser, reply: httpx.Response) -> str:
    """The page of the job that a reply leads to, once the job has ended."""
    assert reply.status_code == 303, reply.text
    path = reply.headers["location"].removeprefix("/console")
    job = path.removeprefix("/jobs/")
    for thread, _ in list(browser.context.jobs.running().values()):
        thread.join(30)
    found = browser.context.jobs.jobs.find(job, browser.storage.clock.now())
    assert found is not None
    assert not found.is_open
    return browser.read(path)
