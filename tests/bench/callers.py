"""Callers over HTTP with keep-alive that cost little themselves: bare sockets, requests that are prepared."""

import asyncio
import json
import time
from collections.abc import Callable
from urllib.parse import urlsplit

Prepare = Callable[[int], bytes]
"""The body of the request with this number."""


class Caller:
    """One connection."""

    def __init__(self, address: str, path: str, key: str = "") -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname, parts.port
        authorization = f"Authorization: Bearer {key}\r\n" if key else ""
        self._head = (
            f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{authorization}Content-Type: application/json\r\n"
        )

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)

    async def call(self, body: bytes) -> float:
        """Seconds until the reply was read whole. Raises RuntimeError for any status but 200."""
        began = time.perf_counter()
        self._writer.write(f"{self._head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r")[0]
        reply = await self._reader.readexactly(int(length))
        if not head.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(f"{head[:60]!r} {reply[:300]!r}")
        return time.perf_counter() - began

    def close(self) -> None:
        self._writer.close()


async def _open_callers(count: int, address: str, path: str, key: str) -> list[Caller]:
    callers = [Caller(address, path, key) for _ in range(count)]
    for caller in callers:
        await caller.open()
    return callers


def flood(address: str, path: str, *, key: str, callers: int, seconds: float, prepare: Prepare) -> list[float]:
    """The seconds of each call, when so many callers call as soon as they are answered."""

    async def run() -> list[float]:
        opened, took = await _open_callers(callers, address, path, key), []
        until = time.perf_counter() + seconds

        async def work(caller: Caller, number: int) -> None:
            while time.perf_counter() < until:
                took.append(await caller.call(prepare(number)))
                number += callers

        await asyncio.gather(*(work(caller, number) for number, caller in enumerate(opened)))
        for caller in opened:
            caller.close()
        return took

    return asyncio.run(run())


def ask_steadily(
    address: str, path: str, *, key: str, callers: int, rate: float, seconds: float, prepare: Prepare
) -> list[float]:
    """The seconds of each call, at `rate` calls a second in all. A call that is due while another one waits is late,
    and its time begins when it was due.
    """

    async def run() -> list[float]:
        opened, took = await _open_callers(callers, address, path, key), []
        begin = time.perf_counter()

        async def work(caller: Caller, number: int) -> None:
            while (due := begin + number / rate) < begin + seconds:
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                await caller.call(prepare(number))
                took.append(time.perf_counter() - due)
                number += callers

        await asyncio.gather(*(work(caller, number) for number, caller in enumerate(opened)))
        for caller in opened:
            caller.close()
        return took

    return asyncio.run(run())


def question(number: int, people: int) -> bytes:
    """Every fourth person is in the register."""
    person = f"p{number * 7919 % (4 * people)}"
    return json.dumps({"person": person, "procedure": "1.001193", "agency": "000.01.35.H08"}).encode()
