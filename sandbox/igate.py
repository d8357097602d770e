"""iGate version 2: a Keycloak token, then a search by date windows that returns Spring pages.

    POST /igate/auth/realms/digo/protocol/openid-connect/token   form, grant password or client_credentials
    GET  /igate/pa/dossier/search                                Bearer; page, size (500 at most), spec=page|slice,
         code, accepted-from/-to, appointment-from/-to, result-returned-from/-to

Windows are [from, to), ISO instants or local dates; a dossier must match every window given. There is no "updated
since". `sort` is accepted and ignored: the order is always code, then id. Unknown parameters are ignored, as in Spring.
"""

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import orjson
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.clock import Clock, parse_instant
from sandbox.faults import SHIFTED
from sandbox.listing import Listing, Query, Version, Window
from sandbox.recording import Line, Recording
from sandbox.sessions import NAME, SECRET, Monotonic, Sessions, bearer_token, form_fields

DATES = {"acceptedDate": "accepted", "appointmentDate": "appointment", "returnedDate": "result-returned"}
LARGEST_PAGE = 500
EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)


class Igate:
    """The stand-in server. Its tokens are valid for 300 seconds of real time."""

    def __init__(self, recording: Recording, clock: Clock, monotonic: Monotonic) -> None:
        self._clock = clock
        self._zone = recording.zone
        self._listing = Listing(recording.lines.get("igate", ()), dossier_key, self._read)
        self.sessions = Sessions(timedelta(seconds=300), monotonic)

    def routes(self) -> list[Route]:
        return [
            Route("/auth/realms/digo/protocol/openid-connect/token", self.token, methods=["POST"]),
            Route("/pa/dossier/search", self.search, methods=["GET"]),
        ]

    def add(self, line: Line) -> None:
        self._listing.add(line)

    async def token(self, request: Request) -> Response:
        fields = await form_fields(request)
        if (refusal := _refusal(fields)) is not None:
            return refusal
        return JSONResponse(
            {
                "access_token": self.sessions.open(),
                "expires_in": int(self.sessions.lifetime.total_seconds()),
                "refresh_expires_in": 0,
                "token_type": "bearer",
                "not-before-policy": 0,
                "scope": "email profile",
            }
        )

    async def search(self, request: Request) -> Response:
        if not self.sessions.is_valid(bearer_token(request)):
            challenge = {"WWW-Authenticate": 'Bearer realm="digo", error="invalid_token"'}
            return JSONResponse({"error": "invalid_token", "error_description": "Token is not active"}, 401, challenge)
        try:
            found = self._listing.select(self._clock.now, _query(request.query_params, self._zone))
            page = _parse_integer(request.query_params, "page", 0, least=0)
            size = min(_parse_integer(request.query_params, "size", 50, least=1), LARGEST_PAGE)
        except ValueError as error:
            return JSONResponse({"status": 400, "error": "Bad Request", "message": str(error)}, 400)
        if request.scope.get(SHIFTED):
            found = found[1:]
        totals = request.query_params.get("spec", "page") != "slice"
        return Response(_spring_page(found, page, size, totals=totals), media_type="application/json")

    def _read(self, body: dict[str, Any], line: Line, key: str, earlier: Sequence[Version]) -> Version:
        def found_by(field: str) -> datetime:
            """The date of this version; if it is unreadable, that of an earlier version; else when the line was seen.

            So a version with an unreadable date is listed too.
            """
            dates = (_parse_date(each.get(field), self._zone) for each in _bodies(body, line, earlier))
            return next((date for date in dates if date is not None), line.seen_at)

        dates = tuple(None if body.get(field) is None else found_by(field) for field in DATES)
        if not any(dates):
            dates = (found_by("acceptedDate"), None, None)
        code = body.get("code")
        return Version(key, None if code is None else str(code), dates, line)


def dossier_key(body: dict[str, Any], line: Line) -> str:
    """The key of the dossier of a body: its id, else its code, else a key that no other body has."""
    return str(body.get("id") or body.get("code") or f"line {line.number}")


def _bodies(body: dict[str, Any], line: Line, earlier: Sequence[Version]) -> Iterator[dict[str, Any]]:
    """This version and the earlier ones, newest first."""
    yield body
    yield from (version.line.body for version in reversed(earlier) if version.line.seen_at <= line.seen_at)


def _parse_date(value: object, zone: tzinfo) -> datetime | None:
    try:
        return parse_instant(value, zone) if isinstance(value, str) else None
    except ValueError:
        return None


def _refusal(fields: dict[str, str]) -> Response | None:
    """Keycloak's reply to a wrong token request; None when the request is right."""
    grant = fields.get("grant_type")
    if grant not in {"password", "client_credentials"}:
        error = {"error": "unsupported_grant_type", "error_description": "Unsupported grant_type"}
        return JSONResponse(error, 400)
    if fields.get("client_id") != NAME or (grant == "client_credentials" and fields.get("client_secret") != SECRET):
        error = {"error": "invalid_client", "error_description": "Invalid client or Invalid client credentials"}
        return JSONResponse(error, 401)
    if grant == "password" and (fields.get("username"), fields.get("password")) != (NAME, SECRET):
        return JSONResponse({"error": "invalid_grant", "error_description": "Invalid user credentials"}, 401)
    return None


def _query(parameters: QueryParams, zone: tzinfo) -> Query:
    windows = []
    for index, name in enumerate(DATES.values()):
        start, end = parameters.get(f"{name}-from"), parameters.get(f"{name}-to")
        if start or end:
            since = parse_instant(start, zone) if start else EARLIEST
            windows.append(Window(index, since, parse_instant(end, zone) if end else LATEST))
    return Query(tuple(windows), parameters.get("code") or None)


def _parse_integer(parameters: QueryParams, name: str, default: int, least: int) -> int:
    number = int(parameters.get(name, default))
    if number < least:
        raise ValueError(f"{name} must be at least {least}")
    return number


def _spring_page(found: Sequence[Version], page: int, size: int, *, totals: bool) -> bytes:
    elements = found[page * size : (page + 1) * size]
    rest: dict[str, Any] = {
        "pageable": {"pageNumber": page, "pageSize": size, "offset": page * size, "paged": True, "unpaged": False},
        "last": (page + 1) * size >= len(found),
        "first": page == 0,
        "numberOfElements": len(elements),
        "size": size,
        "number": page,
        "empty": not elements,
    }
    if totals:
        rest |= {"totalPages": math.ceil(len(found) / size), "totalElements": len(found)}
    return b'{"content":[' + b",".join(version.line.raw for version in elements) + b"]," + orjson.dumps(rest)[1:]
