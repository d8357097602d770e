"""The national portal behind its adapter ("mapi"): a session, then services by name.

    POST /dvcqg/mapi/login   {"username", "password"}              → {"error_code": 0, "session"}
    POST /dvcqg/mapi/g       {"session", "service", …}, with the header `dstcode`
         DanhSachHoSo        {ngayNhan1, ngayNhan2}, local days, both included → {"error_code", "message", "data"}
         TraCuuHoSo          {mahoso}                                          → {"error_code", "result"}

The HTTP status is always 200; an error is in `error_code` ("-1") and `message`. On success `error_code` is the number
0 and the text "0" in turn, because the adapters in use differ.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.clock import Clock, parse_instant
from sandbox.listing import Listing, Query, Version, Window
from sandbox.recording import Line, Recording
from sandbox.sessions import NAME, SECRET, Monotonic, Sessions

DAY = timedelta(days=1)


class Refused(Exception):  # noqa: N818 - it names what the adapter does; the sandbox is not in error
    """The adapter refuses a call; the text is its message."""


class Portal:
    """The stand-in server. Its sessions are valid for ten minutes of real time."""

    def __init__(self, recording: Recording, clock: Clock, monotonic: Monotonic) -> None:
        self._clock = clock
        self._zone = recording.zone
        self._listing = Listing(recording.lines.get("dvcqg", ()), dossier_key, self._read)
        self._calls = 0
        self.sessions = Sessions(timedelta(minutes=10), monotonic)

    def routes(self) -> list[Route]:
        return [
            Route("/mapi/login", self.login, methods=["POST"]),
            Route("/mapi/g", self.get, methods=["POST"]),
        ]

    def add(self, line: Line) -> None:
        self._listing.add(line)

    async def login(self, request: Request) -> Response:
        try:
            body = await _body(request)
            if (body.get("username"), body.get("password")) != (NAME, SECRET):
                raise Refused("Tên đăng nhập hoặc mật khẩu không đúng")
        except Refused as refused:
            return _refusal(refused)
        return JSONResponse({"error_code": 0, "session": self.sessions.open()})

    async def get(self, request: Request) -> Response:
        try:
            body = await _body(request)
            if not request.headers.get("dstcode"):
                raise Refused("Thiếu mã định tuyến dstcode")
            if not self.sessions.is_valid(str(body.get("session"))):
                raise Refused("Phiên làm việc đã hết hạn, vui lòng đăng nhập lại")
            rows, name = self._find(body)
        except Refused as refused:
            return _refusal(refused)
        self._calls += 1
        code = b"0" if self._calls % 2 else b'"0"'
        return Response(b'{"error_code":' + code + b"," + name + b":[" + rows + b"]}", media_type="application/json")

    def _find(self, body: dict[str, Any]) -> tuple[bytes, bytes]:
        """The dossiers that a service finds, as JSON, and the part of the reply that comes before them."""
        match body.get("service"):
            case "DanhSachHoSo":
                query, name = Query((self._days(body),)), '"message":"Thành công","data"'.encode()
            case "TraCuuHoSo":
                query, name = Query(code=str(body.get("mahoso"))), b'"result"'
            case _:
                raise Refused("Dịch vụ không tồn tại")
        found = self._listing.select(self._clock.now, query)
        return b",".join(version.line.raw for version in found), name

    def _days(self, body: dict[str, Any]) -> Window:
        try:
            first, last = (_parse_local(body.get(name), "%Y-%m-%d", self._zone) for name in ("ngayNhan1", "ngayNhan2"))
            return Window(0, first, last + DAY)
        except (ValueError, OverflowError) as error:
            raise Refused("ngayNhan1, ngayNhan2 phải có dạng yyyy-MM-dd") from error

    def _read(self, body: dict[str, Any], line: Line, key: str, _: Sequence[Version]) -> Version:
        received = _parse_compact(body.get("NgayTiepNhan"), self._zone) or _parse_compact(
            body.get("NgayNopHoSo"), self._zone
        )
        return Version(key, str(body.get("MaHoSo") or "") or None, (received or line.seen_at,), line)


def dossier_key(body: dict[str, Any], line: Line) -> str:
    """The key of the dossier of a body: its code, else a key that no other body has."""
    return str(body.get("MaHoSo") or f"line {line.number}")


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = orjson.loads(await request.body())
    except orjson.JSONDecodeError as error:
        raise Refused("Dữ liệu gửi lên không phải JSON") from error
    if not isinstance(body, dict):
        raise Refused("Dữ liệu gửi lên không đúng cấu trúc")
    return body


def _refusal(refused: Refused) -> Response:
    return JSONResponse({"error_code": "-1", "message": str(refused)})


def _parse_local(value: object, form: str, zone: tzinfo) -> datetime:
    return parse_instant(datetime.strptime(str(value), form).replace(tzinfo=zone).isoformat(), zone)


def _parse_compact(value: object, zone: tzinfo) -> datetime | None:
    """Parse local time `yyyyMMddHHmmss`. Returns UTC. The length is checked because strptime accepts shorter text."""
    text = str(value)
    try:
        return _parse_local(text, "%Y%m%d%H%M%S", zone) if len(text) == 14 else None
    except ValueError:
        return None
