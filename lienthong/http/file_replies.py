"""Answers that are a file: its body is sent in pieces, to be saved and never to be shown by a browser.

The names of RFC 6266 and RFC 5987 in `Content-Disposition`; `Repr-Digest` (RFC 9530) and `ETag` are its SHA-256.
"""

import base64
from collections.abc import AsyncIterator, Mapping
from typing import BinaryIO
from urllib.parse import quote

import structlog
from anyio import to_thread
from starlette.responses import Response, StreamingResponse

from lienthong.data.files import FileAnswer
from lienthong.http.refusals import unexpected
from lienthong.ports import Files, NoSuchFile
from lienthong.ports.files import PIECE_BYTES

log = structlog.get_logger(__name__)

_SHOWN_BY_BROWSERS = ("text/", "image/svg", "application/xhtml", "application/xml", "application/javascript")
"""Media types that may hold a program. They are sent as bytes of no known kind, whatever a caller wrote."""


async def file_reply(files: Files, answer: bytes, headers: Mapping[str, str]) -> Response:
    """The file that an answer names. Raises the problem 500 where its body is missing, and `Transient`."""
    described = FileAnswer.model_validate_json(answer)
    try:
        size, body = await to_thread.run_sync(_open, files, described.digest)
    except NoSuchFile:
        log.error("the body of a file is missing", digest=described.digest, event_id=headers.get("Lienthong-Event"))
        raise unexpected() from None
    return StreamingResponse(
        _pieces(body), media_type=_media_type(described), headers={**headers, **_headers(described, size)}
    )


def _open(files: Files, digest: str) -> tuple[int, BinaryIO]:
    size = files.size(digest)
    if size is None:
        raise NoSuchFile(digest)
    return size, files.open(digest)


async def _pieces(body: BinaryIO) -> AsyncIterator[bytes]:
    try:
        while piece := await to_thread.run_sync(body.read, PIECE_BYTES):
            yield piece
    finally:
        body.close()


def _headers(file: FileAnswer, size: int) -> dict[str, str]:
    digest = bytes.fromhex(file.digest.removeprefix("sha256:"))
    return {
        "Content-Length": str(size),
        "Content-Disposition": disposition(file.file_name),
        "ETag": f'"{file.digest}"',
        "Repr-Digest": f"sha-256=:{base64.b64encode(digest).decode()}:",
    }


def disposition(name: str) -> str:
    """`attachment` with a name: for old programs without its marks, for all others as it is."""
    plain = "".join(
        letter if letter.isascii() and letter.isprintable() and letter not in '"\\%' else "_" for letter in name
    )
    if plain == name:
        return f'attachment; filename="{plain}"'
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _media_type(file: FileAnswer) -> str:
    if file.media_type.lower().startswith(_SHOWN_BY_BROWSERS):
        return "application/octet-stream"
    return file.media_type
