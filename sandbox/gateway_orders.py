"""What the gateways of the sandbox do with a message: by its number, or by an order.

By number, whatever the gateway (a test number begins with 8499 or 8498, and 5 digits later tells the behaviour):

    84990000NNN   refused with code NNN (Zalo: -NNN)
    84980000001   taken, never answered: the caller's time runs out
    84980000002   not taken: the connection is dropped, without an answer
    84980000003   taken, the answer breaks off
    84980000004   taken; its receipt tells that it did not arrive
    84980000005   taken; its receipt comes twice
    84980000006   taken; it has no receipt
    84980000007   taken, answered after `SLOW_SECONDS`

By order: `POST /-/gateways {"gateway", "do", …}`. `do` is `refuse` (with `code`), `silence`, `drop`, `cut`, `slow`,
`busy` (HTTP 503) or `error` (HTTP 500); `times` messages suffer it, or all until `until` (by the sandbox's clock: a day
without the gateway). `gateway` may be `zalo-token`, the server of Zalo's tokens.
"""

import asyncio
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from sandbox.clock import Clock
from sandbox.faults import drop_connection, hold_connection

GATEWAYS = ("zalo", "zalo-token", "esms", "vnpt", "viettel")
SLOW_SECONDS = 2.0
_HOLD_SECONDS = 120.0

_BY_NUMBER = {
    "84980000001": "silence",
    "84980000002": "drop",
    "84980000003": "cut",
    "84980000004": "fail",
    "84980000005": "double",
    "84980000006": "no_receipt",
    "84980000007": "slow",
}
_REFUSED_NUMBERS = "84990000"
_NOT_TAKEN = ("drop", "busy", "error")


class Behaviour(BaseModel):
    """What happens to one message."""

    name: str = "send"
    code: str | None = None

    @property
    def is_down(self) -> bool:
        """Whether the gateway does not take it at all."""
        return self.name in _NOT_TAKEN


class GatewayOrder(BaseModel):
    """An order. Without `times` and `until` it holds until it is cleared."""

    model_config = ConfigDict(extra="forbid")

    gateway: Literal["zalo", "zalo-token", "esms", "vnpt", "viettel"]
    do: Literal["refuse", "silence", "drop", "cut", "slow", "busy", "error", "fail", "double", "no_receipt"]
    code: str | None = Field(None, pattern=r"^-?[0-9]{1,5}$")
    times: int | None = Field(None, ge=1)
    until: datetime | None = None

    @model_validator(mode="after")
    def _has_code(self) -> "GatewayOrder":
        if (self.do == "refuse") != (self.code is not None):
            raise ValueError("refuse needs a code, and nothing else takes one")
        if self.until is not None and self.until.tzinfo is None:
            raise ValueError("write until with its offset, such as 2023-11-02T07:00:00+07:00")
        return self


class Orders:
    """The open orders, oldest first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.open: list[GatewayOrder] = []

    def behaviour(self, gateway: str, phone: str) -> Behaviour:
        """What happens to a message to `phone`: an order wins over the number."""
        for order in tuple(self.open):
            if order.until is not None and order.until <= self._clock.now:
                self.open.remove(order)
            elif order.gateway == gateway:
                if order.times is not None:
                    order.times -= 1
                    if not order.times:
                        self.open.remove(order)
                return Behaviour(name=order.do, code=order.code)
        if phone.startswith(_REFUSED_NUMBERS) and len(phone) == len(_REFUSED_NUMBERS) + 3:
            return Behaviour(name="refuse", code=phone[-3:].lstrip("0") or "0")
        return Behaviour(name=_BY_NUMBER.get(phone, "send"))

    async def deliver(self, gateway: str, phone: str, reply: Response) -> Response:
        """The reply to what was done, or what an order makes of it."""
        behaviour = self.behaviour(gateway, phone)
        if behaviour.is_down:
            return await self.be_down(behaviour)
        return await self.answer(behaviour, reply)

    async def be_down(self, behaviour: Behaviour) -> Response:
        """No answer, or one that tells that nothing was done."""
        if behaviour.name == "busy":
            return JSONResponse({"error": "Service Unavailable"}, 503)
        if behaviour.name == "error":
            return JSONResponse({"error": "Internal Server Error"}, 500)
        return Dropped()

    async def answer(self, behaviour: Behaviour, reply: Response) -> Response:
        """The answer to a message that was taken."""
        if behaviour.name == "silence":
            return Silent()
        if behaviour.name == "cut":
            return Cut(reply)
        if behaviour.name == "slow":
            await asyncio.sleep(SLOW_SECONDS)
        return reply


class Dropped(Response):
    """The connection is dropped, without an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - it sends nothing
        await drop_connection(scope, receive)


class Silent(Response):
    """No answer until the caller gives up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - it sends nothing
        await hold_connection(scope, receive, _HOLD_SECONDS)


class Cut(Response):
    """Half of an answer, then the connection is dropped."""

    def __init__(self, whole: Response) -> None:
        super().__init__()
        self._whole = whole

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self._whole.raw_headers})
        body = bytes(self._whole.body)
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        await drop_connection(scope, receive)
