"""The control endpoints of the sandbox, under `/-`: the clock, more lines, faults.

GET  /-/clock             {"now": ISO}              PUT /-/clock {"now": ISO}, forwards or back
GET  /-/ticks             {"ticks": [ISO, …]}       the times at which a reader must poll to see every line
POST /-/lines/{system}    {"seen_at", "body"}       one more line, which the system shows from then on
GET, POST, DELETE /-/faults                         the open orders; add one; remove all
GET  /-/received          {"received": {system: [what was pushed to it, …]}}
GET  /-/pushes            {"pushes": [{"number", "inbox", "seen_at", "status", "reply", "tries"}, …]}
POST /-/pushes            {"url", "key"?, "inbox"?, "again"?}: push now what is due by the clock and has no answer yet;
                          with "again" what was answered too (sandbox/pushes.py)
POST /-/resolutions       the agencies answer disputes (sandbox/agencies.py)
GET, POST, DELETE /-/gateways                       what gateways of notices do (sandbox/gateway_orders.py)
POST /-/receipts          the gateways push their receipts (sandbox/receipts.py)
"""

from collections.abc import Mapping
from typing import Any, Protocol

import orjson
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.agencies import Agencies, Resolution
from sandbox.clock import Clock, parse_instant
from sandbox.faults import Fault, Faults
from sandbox.pushes import Order, Pushes
from sandbox.recording import Line, Recording, parse_line, ticks


class System(Protocol):
    """An outside system to which a line can be added."""

    def add(self, line: Line) -> None: ...


class Control:
    """The handlers of the control endpoints."""

    def __init__(
        self,
        recording: Recording,
        clock: Clock,
        faults: Faults,
        systems: Mapping[str, System],
        pushes: Pushes,
        *,
        agencies: Agencies,
    ) -> None:
        self._agencies = agencies
        self._pushes = pushes
        self._zone = recording.zone
        self._clock = clock
        self._faults = faults
        self._planned = [(parse_instant(one["from"], self._zone), _order(one)) for one in recording.faults]
        self._systems = systems
        self._lines = {system: list(recording.lines.get(system, ())) for system in systems}

    def routes(self) -> list[Route]:
        return [
            Route("/clock", self.show_clock, methods=["GET"]),
            Route("/clock", self.set_clock, methods=["PUT"]),
            Route("/ticks", self.show_ticks, methods=["GET"]),
            Route("/lines/{system}", self.add_line, methods=["POST"]),
            Route("/faults", self.show_faults, methods=["GET"]),
            Route("/faults", self.order_fault, methods=["POST"]),
            Route("/faults", self.clear_faults, methods=["DELETE"]),
            Route("/received", self.show_received, methods=["GET"]),
            Route("/pushes", self.show_pushes, methods=["GET"]),
            Route("/pushes", self.push, methods=["POST"]),
            Route("/resolutions", self.resolve, methods=["POST"]),
        ]

    async def show_clock(self, _: Request) -> Response:
        return JSONResponse({"now": self._clock.now.astimezone(self._zone).isoformat()})

    async def set_clock(self, request: Request) -> Response:
        try:
            self._clock.now = parse_instant(orjson.loads(await request.body())["now"], self._zone)
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"error": 'write {"now": "2023-11-01T06:00:00+07:00"}'}, 400)
        self._faults.orders += [fault for moment, fault in self._planned if moment <= self._clock.now]
        self._planned = [(moment, fault) for moment, fault in self._planned if moment > self._clock.now]
        return await self.show_clock(request)

    async def show_ticks(self, _: Request) -> Response:
        return JSONResponse({"ticks": [tick.astimezone(self._zone).isoformat() for tick in ticks(self._lines)]})

    async def add_line(self, request: Request) -> Response:
        system = request.path_params["system"]
        if system not in self._systems:
            return JSONResponse({"error": f"no such system; there are {', '.join(self._systems)}"}, 404)
        lines = self._lines[system]
        try:
            line = parse_line(await request.body(), lines[-1].number + 1 if lines else 1, self._zone)
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 400)
        lines.append(line)
        self._systems[system].add(line)
        return JSONResponse({"number": line.number}, 201)

    async def show_faults(self, _: Request) -> Response:
        return JSONResponse({"faults": [fault.model_dump() for fault in self._faults.orders]})

    async def order_fault(self, request: Request) -> Response:
        try:
            fault = Fault.model_validate_json(await request.body())
        except ValidationError as error:
            return _invalid(error)
        self._faults.orders.append(fault)
        return JSONResponse(fault.model_dump(), 201)

    async def clear_faults(self, request: Request) -> Response:
        self._faults.orders.clear()
        return await self.show_faults(request)

    async def show_received(self, _: Request) -> Response:
        received = {name: getattr(system, "received", None) for name, system in self._systems.items()}
        found = {name: list(pushed) for name, pushed in received.items() if pushed is not None}
        return Response(orjson.dumps({"received": found}), media_type="application/json")

    async def show_pushes(self, _: Request) -> Response:
        return Response(orjson.dumps({"pushes": self._pushes.rows()}), media_type="application/json")

    async def push(self, request: Request) -> Response:
        try:
            order = Order.model_validate_json(await request.body())
        except ValidationError as error:
            return _invalid(error)
        await run_in_threadpool(self._pushes.push, order)
        return await self.show_pushes(request)

    async def resolve(self, request: Request) -> Response:
        try:
            order = Resolution.model_validate_json(await request.body())
        except ValidationError as error:
            return _invalid(error)
        return JSONResponse({"resolutions": await run_in_threadpool(self._agencies.resolve, order)})


def _invalid(error: ValidationError) -> Response:
    wrong = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}".lstrip(": ") for each in error.errors()]
    return JSONResponse({"error": "; ".join(wrong)}, 400)


def _order(planned: Mapping[str, Any]) -> Fault:
    return Fault.model_validate({key: value for key, value in planned.items() if key != "from"})
