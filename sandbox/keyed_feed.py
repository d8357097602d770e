"""Systems that are a change feed behind a key. The contracts are assumed: none is public.

All take the header `X-Api-Key: sandbox` and serve a change feed (sandbox/feed.py):

GET /ccvc/api/records              the register of civil servants, by period of service:
    soHieuCBCCVC, soDinhDanh, soCMND, hoVaTen, ngaySinh yyyyMMdd, gioiTinh, loai CB|CC|VC|HD, maDonVi, tenDonVi,
    chucVu, maNgach, trangThai, ngayBatDau, ngayKetThuc (yyyyMMdd or null), capNhatLuc yyyyMMddHHmmss
GET /organisations/api/units       the province's catalogue of agencies and units:
    maDonVi, tenDonVi, cap, maCha, maIgate, hieuLucTu, hieuLucDen (yyyyMMdd), keThua, email, lich
GET /portal_accounts/api/accounts  the accounts of the provincial portal:
    taiKhoanId, ngayTao yyyyMMddHHmmss, huongDan

`sandbox/files.py` exports the register of civil servants as files, too.
"""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import feed
from sandbox.clock import Clock
from sandbox.recording import Line, Recording
from sandbox.sessions import SECRET

PATHS: Mapping[str, str] = {
    "ccvc": "/api/records",
    "organisations": "/api/units",
    "portal_accounts": "/api/accounts",
}
"""By system, the path of its feed."""


class KeyedFeed:
    """The stand-in server of one system of `PATHS`."""

    def __init__(self, system: str, recording: Recording, clock: Clock) -> None:
        self._path = PATHS[system]
        self._clock = clock
        self._feed = feed.Feed(system, recording.digests.get(system, ""), recording.lines.get(system, ()))

    def routes(self) -> list[Route]:
        return [Route(self._path, self.records, methods=["GET"])]

    def add(self, line: Line) -> None:
        self._feed.add(line)

    async def records(self, request: Request) -> Response:
        if request.headers.get("x-api-key") != SECRET:
            return JSONResponse({"error": "invalid api key"}, 401)
        return feed.serve_page(self._feed, self._clock.now, request)
