"""`/livez` and `/readyz`: for whatever distributes load or restarts processes. No key, no secret, no personal data.

`/livez` depends on nothing: the process answers. `/readyz` is 503 while the process drains or a check fails; `?verbose`
prints one line a check, `?exclude=NAME` leaves one out, `/readyz/NAME` asks for one.
"""

import time
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse

from lienthong.http.document import problems
from lienthong.http.problems import Problem
from lienthong.http.refusals import input_invalid
from lienthong.http.service import Service
from lienthong.messages import message
from lienthong.operations.readiness import Check

KEPT_SECONDS = 2.0
"""How long the answer of a check is kept: several probes at once ask the servers once."""

_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"description": "Well.", "content": {"text/plain": {"schema": {"type": "string"}}}},
    503: {"description": "Not ready.", "content": {"text/plain": {"schema": {"type": "string"}}}},
}


class Readiness:
    """The checks of one process, each asked at most every `KEPT_SECONDS`."""

    def __init__(self, service: Service, checks: Mapping[str, Check]) -> None:
        self._service = service
        self._checks = checks
        self._kept: dict[str, tuple[float, str]] = {}

    @property
    def names(self) -> list[str]:
        return [*self._checks, "shutdown"]

    def faults(self, names: list[str]) -> dict[str, str]:
        """By name of each check, why it is not well; "" when it is."""
        return {name: self._fault(name) for name in names}

    def _fault(self, name: str) -> str:
        if name == "shutdown":
            return message("the process is about to stop") if self._service.draining.is_set() else ""
        now = time.monotonic()
        at, fault = self._kept.get(name, (-KEPT_SECONDS, ""))
        if now - at >= KEPT_SECONDS:
            fault = self._checks[name]()
            self._kept[name] = (time.monotonic(), fault)
        return fault


def router(readiness: Readiness) -> APIRouter:
    """The paths."""
    api = APIRouter(tags=["health"], default_response_class=PlainTextResponse)

    @api.get("/livez", summary="Whether the process lives", responses={200: _TEXT[200]})
    async def livez() -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    @api.get("/readyz", summary="Whether the process can serve", responses=_TEXT)
    async def readyz(
        verbose: Annotated[str | None, Query(description="One line for each check.", max_length=10)] = None,
        exclude: Annotated[list[str] | None, Query(description="Leave this check out; may be repeated.")] = None,
    ) -> PlainTextResponse:
        left_out = exclude or []
        unknown = sorted({name for name in left_out if name not in readiness.names})
        if unknown:
            known = ", ".join(readiness.names)
            raise input_invalid([("query/exclude", message("the checks are {names}", names=known))])
        return await _answer([name for name in readiness.names if name not in left_out], verbose is not None)

    @api.get("/readyz/{check}", summary="Whether one check is well", responses=_TEXT | problems(404))
    async def one(
        check: Annotated[str, Path(description="The name of a check, as `/readyz?verbose` shows it.")],
    ) -> PlainTextResponse:
        if check not in readiness.names:
            raise Problem(404, "not-found", message("There is nothing under this path"))
        return await _answer([check], True)

    async def _answer(names: list[str], verbose: bool) -> PlainTextResponse:
        faults = await run_in_threadpool(readiness.faults, names)
        failed = any(faults.values())
        lines = [f"[-]{name} failed: {why}" if why else f"[+]{name} ok" for name, why in faults.items()]
        last = "readyz check failed" if failed else "readyz check passed" if verbose else "ok"
        shown = [*lines, last] if verbose or failed else [last]
        return PlainTextResponse("\n".join(shown) + "\n", 503 if failed else 200)

    return api
