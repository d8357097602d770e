"""The agencies that issue results: they receive disputes, and answer them when they are ordered to.

    POST …/disputes   a CloudEvents event, as the bus sends it   → 204

`POST /-/resolutions {"url", "key", "outcome": "upheld"|"corrected", "explanation"?, "version"?, "dispute_id"?}` makes
them answer every dispute without an answer, or one: `POST URL/v1/disputes/{dispute_id}/resolution`.
"""

from typing import Any, Literal

import httpx
import orjson
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.recording import Line
from sandbox.sessions import SECRET


class Resolution(BaseModel):
    """What the agencies answer. `url` is the bus, `key` that of a client of it; `dispute_id`: this one alone."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(pattern=r"^https?://")
    key: str
    outcome: Literal["upheld", "corrected"] = "upheld"
    explanation: str = "Đã đối chiếu sổ gốc."
    version: int | None = None
    dispute_id: str | None = None


class Agencies:
    """The stand-in server. `received` are the disputes, each once, oldest first."""

    def __init__(self, client: httpx.Client | None = None) -> None:
        self._client = client or httpx.Client(trust_env=False)
        self._disputes: dict[str, dict[str, Any]] = {}
        self._answers: dict[str, dict[str, Any]] = {}

    @property
    def received(self) -> list[dict[str, Any]]:
        return list(self._disputes.values())

    def routes(self) -> list[Route]:
        return [Route("/disputes", self.receive, methods=["POST"])]

    def add(self, line: Line) -> None:
        """Nothing is shown to the bus: it sends."""

    async def receive(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {SECRET}":
            return JSONResponse({"error": "invalid token"}, 401)
        dispute = orjson.loads(await request.body())["data"]
        self._disputes.setdefault(dispute["dispute_id"], dispute)
        return Response(status_code=204)

    def resolve(self, order: Resolution) -> list[dict[str, Any]]:
        """Answer, and show each answer with the reply of the bus."""
        chosen = (
            [order.dispute_id] if order.dispute_id else [each for each in self._disputes if each not in self._answers]
        )
        for dispute in chosen:
            given = {"outcome": order.outcome, "explanation": order.explanation, "version": order.version}
            body = {name: value for name, value in given.items() if value is not None}
            address = f"{order.url.rstrip('/')}/v1/disputes/{dispute}/resolution"
            reply = self._client.post(address, json=body, headers={"Authorization": f"Bearer {order.key}"}, timeout=30)
            self._answers[dispute] = {"dispute_id": dispute, **body, "status": reply.status_code, "reply": reply.text}
        return [self._answers[dispute] for dispute in chosen]
