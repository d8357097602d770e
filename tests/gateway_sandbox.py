"""The gateways of the sandbox over a real socket, within the process of the test."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import uvicorn

from sandbox.app import create_app
from sandbox.recording import Recording
from sandbox.serve import DroppableConnection


class GatewaySandbox:
    """Calls of its control endpoints."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, trust_env=False, timeout=30)

    def close(self) -> None:
        self._client.close()

    def order(self, gateway: str, do: str, **more: Any) -> None:
        self._client.post("/-/gateways", json={"gateway": gateway, "do": do, **more}).raise_for_status()

    def reset(self) -> None:
        self._client.delete("/-/gateways").raise_for_status()

    def expire_tokens(self) -> None:
        self._client.post("/-/gateways/expiry").raise_for_status()

    def set_clock(self, moment: str) -> None:
        self._client.put("/-/clock", json={"now": moment}).raise_for_status()

    def sent(self, gateway: str, request: str | None = None) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._client.get("/_sent").json()["sent"]
        return [row for row in rows if row["gateway"] == gateway and request in (None, row["request"])]

    def push_receipts(self, url: str, **more: Any) -> list[dict[str, Any]]:
        reply = self._client.post("/-/receipts", json={"url": url, **more})
        receipts: list[dict[str, Any]] = reply.raise_for_status().json()["receipts"]
        return receipts


@contextmanager
def served_gateways() -> Iterator[GatewaySandbox]:
    """A sandbox without a recording, until the end of the block."""
    app = create_app(Recording("gateways", ZoneInfo("Asia/Ho_Chi_Minh"), (), {}, {}))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            app, http=DroppableConnection, ws="none", lifespan="off", log_config=None, log_level="critical"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 30
        while not server.started and time.monotonic() < deadline:
            thread.join(0.01)
        assert server.started
        sandbox = GatewaySandbox(f"http://127.0.0.1:{listener.getsockname()[1]}")
        try:
            yield sandbox
        finally:
            sandbox.close()
            server.force_exit = server.should_exit = True
            thread.join(30)
