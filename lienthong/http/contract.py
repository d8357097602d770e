"""The contract of subscribers: `/v1/asyncapi.json`, its page `/asyncapi`, and the schema of each event type.

They need no key: they hold no personal data, and no more than who may subscribe has to know.
"""

import threading
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, JSONResponse, Response

from lienthong.configuration.announced_types import announced_types
from lienthong.http.contract_page import render_contract
from lienthong.http.document import problems
from lienthong.http.pages import POLICY
from lienthong.http.problems import Problem
from lienthong.http.service import Service
from lienthong.messages import message
from lienthong.subscriptions.asyncapi.announced_type import AnnouncedType
from lienthong.subscriptions.asyncapi.document import make_asyncapi

SCHEMA_TYPE = "application/schema+json"
_SCHEMA: dict[int | str, dict[str, Any]] = {
    200: {"description": "JSON Schema, 2020-12.", "content": {SCHEMA_TYPE: {"schema": {"type": "object"}}}}
}


class Contract:
    """What is announced, read once from the project's routes when it is first asked for."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._lock = threading.Lock()

    def types(self) -> Mapping[str, AnnouncedType]:
        """By name. Raises `Mismatch` for a schema that cannot be loaded."""
        with self._lock:
            return self._types

    def document(self) -> dict[str, Any]:
        with self._lock:
            return self._document

    @cached_property
    def _types(self) -> Mapping[str, AnnouncedType]:
        settings = self._service.storage.settings
        return {one.name: one for one in announced_types(settings.folder or Path(), settings)}

    @cached_property
    def _document(self) -> dict[str, Any]:
        return make_asyncapi(list(self._types.values()), recording=self._service.is_recording)


def router(service: Service) -> APIRouter:
    """The paths."""
    api = APIRouter(tags=["subscribers"])
    contract = Contract(service)

    @api.get("/v1/asyncapi.json", summary="What is announced to subscribers, as AsyncAPI 3", responses=problems(500))
    async def asyncapi() -> JSONResponse:
        return JSONResponse(await run_in_threadpool(contract.document))

    @api.get("/asyncapi", summary="The same as a page", response_class=HTMLResponse)
    async def page() -> Response:
        document = await run_in_threadpool(contract.document)
        text = render_contract(document, recording=service.is_recording)
        return HTMLResponse(text, headers={"Content-Security-Policy": POLICY})

    @api.get(
        "/v1/schemas/{event_type}.json",
        summary="The JSON Schema of the data of an event type",
        responses={**_SCHEMA, **problems(404, 500)},
        response_class=Response,
    )
    async def schema(event_type: str) -> Response:
        """A type that is deprecated has the headers `Deprecation` and, once it is known, `Sunset`."""
        types = await run_in_threadpool(contract.types)
        found = types.get(event_type)
        if found is None:
            text = message("No event of this type is announced. `/asyncapi` lists the types.")
            raise Problem(404, "not-found", message("There is nothing under this path"), detail=text)
        headers = {} if found.deprecation is None else dict(found.deprecation.http_headers())
        return JSONResponse(dict(found.schema), headers=headers, media_type=SCHEMA_TYPE)

    return api
