"""Small recordings, and a client that calls the sandbox without a socket."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from sandbox.app import create_app
from sandbox.recording import FILES, Recording

ROOT = Path(__file__).parents[3]
LOGIN = {"username": "lienthong", "password": "sandbox"}
CLIENT = {"grant_type": "client_credentials", "client_id": "lienthong", "client_secret": "sandbox"}

Lines = Mapping[str, Sequence[tuple[str, dict[str, Any]]]]
"""By system: (time in November 2023, local, such as "06T12:00"; body)."""


def local(moment: str) -> str:
    """`06T12:00` as local time in November 2023."""
    return f"2023-11-{moment}:00+07:00"


class Stopwatch:
    """Seconds of real time, set by the test."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Caller:
    """Calls the application in this process and logs in to each system."""

    def __init__(self, app: Starlette, stopwatch: Stopwatch) -> None:
        self.app = app
        self.stopwatch = stopwatch
        self._igate = ""
        self._portal = ""

    def __call__(self, method: str, url: str, **options: Any) -> httpx.Response:
        async def call() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://sandbox") as client:
                return await client.request(method, url, **options)

        return asyncio.run(call())

    def set_clock(self, moment: str) -> None:
        assert self("PUT", "/-/clock", json={"now": local(moment)}).status_code == 200

    def add_line(self, system: str, moment: str, body: dict[str, Any]) -> None:
        assert self("POST", f"/-/lines/{system}", json={"seen_at": local(moment), "body": body}).status_code == 201

    def order_fault(self, system: str, kind: str, **options: Any) -> None:
        assert self("POST", "/-/faults", json={"system": system, "kind": kind, **options}).status_code == 201

    def igate_token(self) -> str:
        reply = self("POST", "/igate/auth/realms/digo/protocol/openid-connect/token", data=CLIENT)
        return str(reply.json()["access_token"])

    def search(self, **parameters: Any) -> httpx.Response:
        """A search of iGate, after one login; `accepted_from` is sent as `accepted-from`."""
        self._igate = self._igate or self.igate_token()
        query = {name.replace("_", "-"): value for name, value in parameters.items()}
        headers = {"Authorization": f"Bearer {self._igate}"}
        return self("GET", "/igate/pa/dossier/search", params=query, headers=headers)

    def search_ids(self, **parameters: Any) -> list[str]:
        """The ids that a search of iGate returns."""
        return [body["id"] for body in self.search(**parameters).json()["content"]]

    def call_portal(self, service: str, **parameters: Any) -> dict[str, Any]:
        """A call of the portal, after one login."""
        self._portal = self._portal or self("POST", "/dvcqg/mapi/login", json=LOGIN).json()["session"]
        body = {"session": self._portal, "madonvi": "H08", "service": service, **parameters}
        reply: dict[str, Any] = self("POST", "/dvcqg/mapi/g", json=body, headers={"dstcode": "VN:GOV"}).json()
        return reply

    def ccvc_page(self, **parameters: Any) -> httpx.Response:
        """A page of the CCVC feed."""
        return self("GET", "/ccvc/api/records", params=parameters, headers={"X-Api-Key": "sandbox"})


Write = Callable[[Lines], Path]
Open = Callable[[Lines], Caller]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a recording folder with these lines; a system without lines has no file."""

    def write_folder(lines: Lines) -> Path:
        head = {"name": "small", "from": "2023-11-01", "to": "2023-12-01", "timezone": "+07:00"}
        (tmp_path / "recording.json").write_text(json.dumps(head))
        for system, rows in lines.items():
            file = tmp_path / FILES[system]
            file.parent.mkdir(exist_ok=True)
            texts = (json.dumps({"seen_at": local(moment), "body": body}, ensure_ascii=False) for moment, body in rows)
            file.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
        return tmp_path

    return write_folder


@pytest.fixture
def sandbox(write: Write) -> Open:
    """Opens a sandbox that serves these lines, and returns its caller."""

    def open_sandbox(lines: Lines) -> Caller:
        stopwatch = Stopwatch()
        return Caller(create_app(Recording.load(write(lines)), monotonic=stopwatch), stopwatch)

    return open_sandbox


def dossier(key: str, code: str | None = None, **dates: str | None) -> dict[str, Any]:
    """An iGate body. `accepted`, `appointment` and `returned` are dates as on the wire; those not given are null."""
    wire = {f"{name}Date": dates.get(name) for name in ("accepted", "appointment", "returned")}
    return {"id": key, "code": code, **wire}
