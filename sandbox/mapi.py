"""The adapter of the national portal ("mapi"): a session, then services by name.

    POST …/mapi/login   {"username", "password"}              → {"error_code": 0, "session"}
    POST …/mapi/g       {"session", "service", …}, with the header `dstcode`

The HTTP status is always 200; an error is in `error_code` ("-1") and `message`. On success `error_code` is the number
0 and the text "0" in turn, because the adapters in use differ.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.sessions import NAME, SECRET, Monotonic, Sessions


class Refused(Exception):  # noqa: N818 - it names what the adapter does; the sandbox is not in error
    """The adapter refuses a call; the text is its message, `code` its error code."""

    def __init__(self, words: str, code: str = "-1") -> None:
        super().__init__(words)
        self.code = code


class Mapi(ABC):
    """The login and the endpoint of all services. Its sessions are valid for ten minutes of real time."""

    def __init__(self, monotonic: Monotonic) -> None:
        self._calls = 0
        self.sessions = Sessions(timedelta(minutes=10), monotonic)

    @abstractmethod
    def find(self, body: dict[str, Any]) -> tuple[Iterable[bytes], bytes]:
        """What a service finds, each as JSON, and the part of the reply before it. Raises `Refused`."""

    def routes(self) -> list[Route]:
        return [
            Route("/mapi/login", self.login, methods=["POST"]),
            Route("/mapi/g", self.get, methods=["POST"]),
        ]

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
            rows, name = self.find(body)
        except Refused as refused:
            return _refusal(refused)
        self._calls += 1
        code = b"0" if self._calls % 2 else b'"0"'
        reply = b'{"error_code":' + code + b"," + name + b":[" + b",".join(rows) + b"]}"
        return Response(reply, media_type="application/json")


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = orjson.loads(await request.body())
    except orjson.JSONDecodeError as error:
        raise Refused("Dữ liệu gửi lên không phải JSON") from error
    if not isinstance(body, dict):
        raise Refused("Dữ liệu gửi lên không đúng cấu trúc")
    return body


def _refusal(refused: Refused) -> Response:
    return JSONResponse({"error_code": refused.code, "message": str(refused)})
