"""The way of a question without the application's routing and middleware, which cost as much as answering it.

Pure ASGI. Everything else goes to the application: other paths, methods and files, and paths with a field in them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from lienthong.errors import Transient
from lienthong.http.problems import problem_response
from lienthong.http.refusals import as_problem


class DirectPaths:
    """Calls the endpoints of some paths of an application itself. Problems leave as from the application.

    An exception that is not declared goes on to the boundary, which answers and logs it.
    """

    def __init__(self, app: FastAPI, routes: Iterable[Any]) -> None:
        """`routes`: of the application. Those that have a field in their path are left to it."""
        self._app: ASGIApp = app
        self._routes: Mapping[tuple[str, str], Any] = {
            (method, route.path): route for route in routes if "{" not in route.path for method in route.methods
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._routes.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if route is None:
            await self._app(scope, receive, send)
            return
        scope["route"], scope["path_params"], scope["app"] = route, {}, self._app
        try:
            response = await route.endpoint(Request(scope, receive, send))
        except (HTTPException, Transient) as error:
            response = problem_response(as_problem(error), scope)
        await response(scope, receive, send)
