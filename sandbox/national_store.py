"""The national store of digitised results. The fields are published, the addresses are assumed.

    POST …/TraCuuKetQuaSoHoa   {SoDinhDanhChuSoHuu, HoTenNguoiYeuCau, SoDinhDanhNguoiYeuCau, KenhThucHien "1"|"2",
                               MaThuTuc, DanhSachDanhMucKetQua: [{MaKetQua, SoKyHieu}]}
                               → {errorCode, message, result: {DanhSachGiayToKetQua: […]}}
    POST …/LayTepKetQuaSoHoa   {CoQuanChuQuan, DuongDan} → {errorCode, result: base64}

A look-up without its requester is refused. The lines are results with `SoDinhDanhChuSoHuu` and, in each file,
`NoiDung` (base64). `received` are the look-ups, oldest first: the store's access log.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.clock import Clock
from sandbox.recording import Line, Recording
from sandbox.sessions import SECRET

_REQUESTER = ("HoTenNguoiYeuCau", "SoDinhDanhNguoiYeuCau", "KenhThucHien", "MaThuTuc")


class NationalStore:
    """The stand-in server."""

    def __init__(self, recording: Recording, clock: Clock) -> None:
        self._clock = clock
        self._lines = list(recording.lines.get("national_store", ()))
        self.received: list[Mapping[str, Any]] = []

    def routes(self) -> list[Route]:
        return [
            Route("/TraCuuKetQuaSoHoa", self.search, methods=["POST"]),
            Route("/LayTepKetQuaSoHoa", self.fetch, methods=["POST"]),
        ]

    def add(self, line: Line) -> None:
        self._lines.append(line)

    async def search(self, request: Request) -> Response:
        asked = await _body(request)
        if asked is None:
            return JSONResponse({"error": "invalid token"}, 401)
        if any(not asked.get(name) for name in _REQUESTER) or asked["KenhThucHien"] not in ("1", "2"):
            return _refusal("Thiếu thông tin người yêu cầu")
        self.received.append(asked)
        wanted = {(each.get("MaKetQua"), each.get("SoKyHieu") or None) for each in asked["DanhSachDanhMucKetQua"]}
        found = [
            _row(body)
            for body in self._bodies()
            if body.get("SoDinhDanhChuSoHuu") == asked.get("SoDinhDanhChuSoHuu")
            and wanted & {(body.get("MaKetQua"), None), (body.get("MaKetQua"), body.get("SoKyHieu"))}
        ]
        return JSONResponse({"errorCode": 0, "message": "Thành công", "result": {"DanhSachGiayToKetQua": found}})

    async def fetch(self, request: Request) -> Response:
        asked = await _body(request)
        if asked is None:
            return JSONResponse({"error": "invalid token"}, 401)
        for body in self._bodies():
            for file in body.get("DanhSachTepDinhKem") or ():
                place = (body.get("CoQuanChuQuan"), file.get("DuongDan"))
                if place == (asked.get("CoQuanChuQuan"), asked.get("DuongDan")):
                    return JSONResponse({"errorCode": 0, "result": file.get("NoiDung")})
        return _refusal("Không tìm thấy tệp")

    def _bodies(self) -> Sequence[Mapping[str, Any]]:
        return [line.body for line in self._lines if line.seen_at <= self._clock.now]


async def _body(request: Request) -> dict[str, Any] | None:
    """The body of a call; None for a wrong token."""
    if request.headers.get("authorization") != f"Bearer {SECRET}":
        return None
    found = orjson.loads(await request.body())
    return found if isinstance(found, dict) else {}


def _row(body: Mapping[str, Any]) -> dict[str, Any]:
    names = ("MaKetQua", "TenGiayTo", "SoKyHieu", "CoQuanChuQuan")
    files = [{name: file.get(name) for name in ("TenTep", "DuongDan")} for file in body.get("DanhSachTepDinhKem") or ()]
    return {**{name: body.get(name) for name in names}, "DanhSachTepDinhKem": files}


def _refusal(words: str) -> Response:
    return JSONResponse({"errorCode": -1, "message": words, "result": None})
