"""The control endpoints of the gateways of notices, under `/-`."""

import orjson
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.gateway_orders import GatewayOrder, Orders
from sandbox.gateways import Gateways
from sandbox.receipts import ReceiptOrder, Receipts


class GatewayControl:
    """The handlers."""

    def __init__(self, gateways: Gateways, receipts: Receipts, orders: Orders) -> None:
        self._gateways = gateways
        self._receipts = receipts
        self._orders = orders

    def routes(self) -> list[Route]:
        return [
            Route("/gateways", self.show, methods=["GET"]),
            Route("/gateways", self.order, methods=["POST"]),
            Route("/gateways", self.clear, methods=["DELETE"]),
            Route("/gateways/expiry", self.expire, methods=["POST"]),
            Route("/receipts", self.push, methods=["POST"]),
        ]

    async def show(self, _: Request) -> Response:
        orders = [order.model_dump(mode="json") for order in self._orders.open]
        return Response(orjson.dumps({"orders": orders}), media_type="application/json")

    async def order(self, request: Request) -> Response:
        """Add an order."""
        try:
            self._orders.open.append(GatewayOrder.model_validate_json(await request.body()))
        except ValidationError as error:
            return _invalid(error)
        return await self.show(request)

    async def expire(self, request: Request) -> Response:
        """Every access token of Zalo expires now."""
        self._gateways.expire()
        return await self.show(request)

    async def clear(self, request: Request) -> Response:
        self._orders.open.clear()
        return await self.show(request)

    async def push(self, request: Request) -> Response:
        try:
            order = ReceiptOrder.model_validate_json(await request.body())
        except ValidationError as error:
            return _invalid(error)
        return JSONResponse({"receipts": await run_in_threadpool(self._receipts.push, order)})


def _invalid(error: ValidationError) -> Response:
    wrong = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}".lstrip(": ") for each in error.errors()]
    return JSONResponse({"error": "; ".join(wrong)}, 400)
