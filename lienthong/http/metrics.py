"""`/metrics`: the figures of the bus for Prometheus, from the ledger and not from counters of a process.

So they are the same whichever process is asked, and after any restart. A look costs a few queries: one is kept for
`KEPT_SECONDS`, and while a newer one is taken the older one is given, so that a scrape never waits for the database
but the first time.
"""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import structlog
from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from lienthong import __version__
from lienthong.http.document import problems
from lienthong.http.families import (
    alarm_families,
    asked_stages,
    gauge,
    ledger_families,
    queue_families,
    source_families,
)
from lienthong.http.request_times import RequestTimes
from lienthong.http.service import Service
from lienthong.http.subscription_families import subscription_families
from lienthong.http.time_families import time_families
from lienthong.operations.figures import Figures, Place, configuration_hash, take_figures

KEPT_SECONDS = 10.0

log = structlog.get_logger(__name__)


class Exposition(Collector):
    """The text of `/metrics`, with a registry that has our figures and nothing else."""

    def __init__(self, service: Service, times: RequestTimes) -> None:
        storage = service.storage
        self._place = Place(
            storage.settings,
            storage.database,
            storage.ledger,
            storage.status_board,
            storage.clock,
            broker=service.endpoints.broker,
            data=service.endpoints.data,
        )
        self._service = service
        self._times = times
        self._hash = configuration_hash(storage.settings.folder)
        self._figures: Figures | None = None
        self._until = 0.0
        self._look: asyncio.Task[None] | None = None
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    async def text(self) -> bytes:
        """The figures: fresh ones at the first call, and otherwise those that were taken last."""
        if time.monotonic() >= self._until and (self._look is None or self._look.done()):
            self._look = asyncio.create_task(self._take())
        if self._figures is None and self._look is not None:
            await asyncio.shield(self._look)
        return generate_latest(self._registry)

    def describe(self) -> Iterator[Any]:
        return iter(())

    def collect(self) -> Iterator[Any]:
        """Every family. While the database does not answer, only what is known without it."""
        yield gauge("build_info", "The version that runs.", {(__version__,): 1}, ("version",))
        yield gauge("config_info", "The configuration that runs.", {(self._hash,): 1}, ("hash",))
        world = "recording" if self._service.is_recording else "live"
        yield gauge("ledger_info", "Whether the figures are of a recording.", {(world,): 1}, ("world",))
        yield gauge("draining", "1 while the process is about to stop.", {(): float(self._service.draining.is_set())})
        yield from self._times.collect()
        figures = self._figures
        yield gauge("figures_up", "1 while the figures of the ledger can be read.", {(): float(figures is not None)})
        if figures is not None:
            yield gauge("figures_timestamp_seconds", "When the figures were read.", {(): figures.at.timestamp()})
            yield gauge("disk_free_bytes", "Free space for the data directory.", {(): figures.free_bytes})
            stages = self._place.stages
            routes = {route.name: route.source for route in self._place.settings.routes.values()}
            asked = asked_stages(self._place.settings)
            yield from ledger_families(figures, routes, stages, asked)
            yield from queue_families(figures, stages, asked)
            yield from source_families(figures)
            yield from alarm_families(figures)
            yield from subscription_families(figures)
            yield from time_families(figures, self._place.settings, stages)

    async def _take(self) -> None:
        try:
            self._figures = await run_in_threadpool(take_figures, self._place)
        except Exception as error:  # noqa: BLE001 - whatever it is, `figures_up` is 0 and the log has it
            self._figures = None
            log.warning("the figures could not be read", error=type(error).__name__)
        self._until = time.monotonic() + KEPT_SECONDS


def router(exposition: Exposition) -> APIRouter:
    """The path."""
    api = APIRouter(tags=["health"])
    text = {"description": "Figures.", "content": {"text/plain": {"schema": {"type": "string"}}}}

    @api.get("/metrics", summary="Figures for Prometheus", responses={200: text, **problems(500)})
    async def metrics() -> Response:
        return Response(await exposition.text(), media_type=None, headers={"Content-Type": CONTENT_TYPE_LATEST})

    return api
