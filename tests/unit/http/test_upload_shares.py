"""Uploads at one time: a client that sends slowly leaves room for the further, also while its file is kept."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lienthong.http.problems import Problem
from lienthong.http.uploads import AT_ONCE, OF_ONE_CLIENT, Uploads
from lienthong.ports.files import NoFiles


class Held(Uploads):
    """Uploads whose bodies come, or are kept, when a test lets them."""

    def __init__(self) -> None:
        super().__init__(NoFiles())
        self.let_go = asyncio.Event()

    async def _receive(self, responder: Any, request: Any) -> Any:
        await self.let_go.wait()

    def _keep(self, responder: Any, path: Any, form: Any) -> Any:
        return {"kept": True}


def asked_by(client: str) -> Any:
    state = SimpleNamespace(client=SimpleNamespace(name=client))
    return SimpleNamespace(headers={"content-type": "multipart/form-data; boundary=x"}, state=state, path_params={})


async def begin(uploads: Held, client: str) -> "asyncio.Task[Any]":
    task = asyncio.create_task(cast("Any", uploads.read(cast("Any", None), asked_by(client))))
    await asyncio.sleep(0)
    return task


async def statuses(uploads: Held, client: str, count: int) -> tuple[int, list["asyncio.Task[Any]"]]:
    """How many of these uploads are refused, and those that go on."""
    tasks = [await begin(uploads, client) for _ in range(count)]
    refused = [task for task in tasks if task.done()]
    for task in refused:
        with pytest.raises(Problem) as found:
            task.result()
        assert found.value.status_code == 503
    return len(refused), [task for task in tasks if not task.done()]


def test_one_client_takes_half_of_the_room_and_all_of_them_no_more_than_there_is() -> None:
    async def run() -> None:
        uploads = Held()
        refused, going = await statuses(uploads, "slow", AT_ONCE)
        assert (refused, len(going)) == (AT_ONCE - OF_ONE_CLIENT, OF_ONE_CLIENT)
        refused, further = await statuses(uploads, "other", OF_ONE_CLIENT - 1)
        assert refused == 0
        refused, third = await statuses(uploads, "third", 2)
        assert refused == 1
        uploads.let_go.set()
        assert [await task for task in (*going, *further, *third)] == [{"kept": True}] * AT_ONCE
        assert await (await begin(uploads, "slow")) == {"kept": True}

    asyncio.run(run())
