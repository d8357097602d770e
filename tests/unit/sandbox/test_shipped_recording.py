"""The recording that ships with the project: a reader that polls at each tick sees every line."""

import asyncio
from datetime import datetime, timedelta

import httpx
import orjson
import pytest

from sandbox.app import create_app
from sandbox.recording import Recording
from tests.unit.sandbox.conftest import CLIENT, LOGIN, ROOT

pytestmark = pytest.mark.slow

REACH = timedelta(days=10)


async def versions_seen(recording: Recording) -> tuple[set[bytes], set[bytes]]:
    """The distinct bodies that iGate and the portal show a reader with windows of ten days."""
    igate: set[bytes] = set()
    portal: set[bytes] = set()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(recording)), base_url="http://x") as client:
        token = (await client.post("/igate/auth/realms/digo/protocol/openid-connect/token", data=CLIENT)).json()
        bearer = {"Authorization": f"Bearer {token['access_token']}"}
        session = (await client.post("/dvcqg/mapi/login", json=LOGIN)).json()["session"]
        for tick in (await client.get("/-/ticks")).json()["ticks"]:
            await client.put("/-/clock", json={"now": tick})
            first = datetime.fromisoformat(tick) - REACH
            for window in ("accepted", "appointment", "result-returned"):
                parameters = {f"{window}-from": first.isoformat(), f"{window}-to": tick, "size": 500}
                reply = await client.get("/igate/pa/dossier/search", params=parameters, headers=bearer)
                page = orjson.loads(reply.content)
                assert page["last"]
                igate.update(map(orjson.dumps, page["content"]))
            days = {"ngayNhan1": f"{first:%Y-%m-%d}", "ngayNhan2": tick[:10]}
            body = {"session": session, "service": "DanhSachHoSo", **days}
            reply = await client.post("/dvcqg/mapi/g", json=body, headers={"dstcode": "x"})
            portal.update(map(orjson.dumps, orjson.loads(reply.content)["data"]))
    return igate, portal


def test_a_reader_that_polls_at_each_tick_sees_every_line() -> None:
    folder = ROOT / "recordings/2023-11"
    recording = Recording.load(folder)
    answers = orjson.loads((folder / "answers.json").read_bytes())["counts"]
    igate, portal = asyncio.run(versions_seen(recording))
    assert igate == {orjson.dumps(line.body) for line in recording.lines["igate"]}
    assert portal == {orjson.dumps(line.body) for line in recording.lines["dvcqg"]}
    returned = 1  # one dossier returns to an earlier content, which is a version of its own
    assert (len(igate) + returned, len(portal)) == (answers["igate_distinct_versions"], answers["dvcqg_lines"])
