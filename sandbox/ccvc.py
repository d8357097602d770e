"""The register of civil servants (CCVC). The contract is assumed: none is public.

    GET /ccvc/api/records    header `X-Api-Key: sandbox`; a change feed (sandbox/feed.py) of periods of service:
        soHieuCBCCVC, soDinhDanh, soCMND, hoVaTen, ngaySinh yyyyMMdd, gioiTinh, loai CB|CC|VC|HD, maDonVi, tenDonVi,
        chucVu, maNgach, trangThai, ngayBatDau, ngayKetThuc (yyyyMMdd or null), capNhatLuc yyyyMMddHHmmss

`sandbox/files.py` exports the same register as files.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import feed
from sandbox.clock import Clock
from sandbox.recording import Line, Recording
from sandbox.sessions import SECRET


class Ccvc:
    """The stand-in server."""

    def __init__(self, recording: Recording, clock: Clock) -> None:
        self._clock = clock
        self._feed = feed.Feed("ccvc", recording.digests.get("ccvc", ""), recording.lines.get("ccvc", ()))

    def routes(self) -> list[Route]:
        return [Route("/api/records", self.records, methods=["GET"])]

    def add(self, line: Line) -> None:
        self._feed.add(line)

    async def records(self, request: Request) -> Response:
        if request.headers.get("x-api-key") != SECRET:
            return JSONResponse({"error": "invalid api key"}, 401)
        return feed.serve_page(self._feed, self._clock.now, request)
