"""Where results of dossiers are kept (DuongDanTepTinKetQua): the files in the folder `results/` of the recording.

    GET …/{path}   → the bytes of `results/{path}`, 404 without one

A file that is replaced in the folder is served as it is then: a result that was issued again under its old address.
"""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from sandbox.recording import Line


class Results:
    """The stand-in server."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = None if folder is None else folder.resolve()

    @property
    def received(self) -> list[dict[str, str]]:
        """Nothing is sent to it."""
        return []

    def routes(self) -> list[Route]:
        return [Route("/{path:path}", self.show, methods=["GET"])]

    def add(self, line: Line) -> None:
        """It has files, and no lines."""

    async def show(self, request: Request) -> Response:
        if self._folder is None:
            return Response(status_code=404)
        file = (self._folder / request.path_params["path"]).resolve()
        if not file.is_relative_to(self._folder) or not file.is_file():
            return Response(status_code=404)
        return FileResponse(file, media_type="application/pdf")
