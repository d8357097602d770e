"""The ASGI application: the paths, the layers around them, and what runs beside them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp

from lienthong.configuration.check_replies import is_file_answer
from lienthong.console.rendering import BASE
from lienthong.http import contract, health, inboxes, interface, metrics, requests, subscriptions
from lienthong.http.boundary import Boundary
from lienthong.http.direct import DirectPaths
from lienthong.http.document import make_document, problems
from lienthong.http.limits import BODY_LIMIT, BODY_SECONDS, BodyLimits
from lienthong.http.pages import POLICY, render_page
from lienthong.http.queued_questions import QueuedQuestions, open_queued_questions
from lienthong.http.refusals import install
from lienthong.http.request_shapes import RequestShapes
from lienthong.http.request_times import RequestTimes
from lienthong.http.service import Service
from lienthong.http.uploads import upload_limits
from lienthong.operations.readiness import Check

NOTE_SECONDS = 30.0
"""How often it is written when keys were used last, and which calls were refused."""

log = structlog.get_logger(__name__)


def make_app(
    service: Service,
    checks: Mapping[str, Check],
    *,
    body_limit: int = BODY_LIMIT,
    body_seconds: float = BODY_SECONDS,
    console: ASGIApp | None = None,
) -> ASGIApp:
    """The application for a service. `checks` are those of `/readyz`; `console` has the operators' pages."""
    times = RequestTimes(responder.settings.path for responder in service.responders.values())
    exposition = metrics.Exposition(service, times)
    lifespan = _beside(service, exposition, open_queued_questions(service, times))
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan, redirect_slashes=False)
    install(app)
    shapes = RequestShapes([responder.settings for responder in service.responders.values()])
    app.include_router(interface.router(service))
    asked = requests.router(service, shapes)
    app.include_router(asked)
    app.include_router(inboxes.router(service))
    app.include_router(subscriptions.router(service))
    app.include_router(contract.router(service))
    app.include_router(health.router(health.Readiness(service, checks)))
    app.include_router(metrics.router(exposition))
    if console is not None:
        app.mount(BASE, console)
    document = _add_document(app, service, shapes)
    app.openapi = document  # type: ignore[method-assign]  # FastAPI's own way to replace it
    of_paths = {inbox.path: inbox.max_bytes for inbox in service.storage.settings.served_inboxes()}
    uploads = upload_limits(service.responders.values())
    direct = DirectPaths(app, _without_file(asked, service))
    limits = BodyLimits(direct, limit=body_limit, seconds=body_seconds, of_paths=of_paths, uploads=uploads)
    return Boundary(limits, recording=service.is_recording, timed=times.note)


def _without_file(asked: APIRouter, service: Service) -> list[Any]:
    """The routes of questions that neither come with a file nor are answered by one."""
    plain = {
        name
        for name, one in service.responders.items()
        if one.settings.body != "multipart" and not is_file_answer(one.settings)
    }
    return [route for route in asked.routes if getattr(route, "name", "") in plain]


def _add_document(app: FastAPI, service: Service, shapes: RequestShapes) -> Any:
    kept: dict[str, Any] = {}

    def document() -> dict[str, Any]:
        if not kept:
            kept.update(make_document(app, recording=service.is_recording, shapes=shapes.schemas))
        return kept

    @app.get("/v1/openapi.json", tags=["document"], summary="This document", responses=problems(500))
    async def openapi() -> JSONResponse:
        return JSONResponse(document())

    @app.get("/docs", tags=["document"], summary="This document as a page", response_class=HTMLResponse)
    async def docs() -> Response:
        page = render_page(document(), recording=service.is_recording)
        return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})

    return document


def _beside(service: Service, exposition: metrics.Exposition, queued: QueuedQuestions | None) -> Any:
    """What runs beside the requests: questions from RabbitMQ; and now and then, and at the end, notes are written."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(_note_used(service))
        first = asyncio.create_task(exposition.text())  # so that the first scrape finds figures
        if queued is not None:
            queued.start()
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await first
            if queued is not None:
                await run_in_threadpool(queued.close)
            await run_in_threadpool(service.close_responders)
            await _note_once(service)

    return lifespan


async def _note_used(service: Service) -> None:
    while True:
        await asyncio.sleep(NOTE_SECONDS)
        await _note_once(service)


async def _note_once(service: Service) -> None:
    try:
        await run_in_threadpool(service.write_notes)
    except Exception as error:  # noqa: BLE001 - it is no reason to stop serving
        log.warning(
            "it could not be written when keys were used and which calls were refused", error=type(error).__name__
        )
