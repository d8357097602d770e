"""What browsers load beside the pages: each file under a path with its hash, so that it may be kept for ever."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from starlette.responses import Response

TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it is sent; `version` changes with its content."""

    content: bytes
    media_type: str
    version: str


@cache
def static_files() -> dict[str, StaticFile]:
    """Every file by its name, read once."""
    found = {}
    for file in (files("lienthong.console") / "static").iterdir():
        media_type = TYPES.get(f".{file.name.rpartition('.')[2]}")
        if media_type:
            content = file.read_bytes()
            found[file.name] = StaticFile(content, media_type, hashlib.sha256(content).hexdigest()[:12])
    return found


def static_path(name: str) -> str:
    """Where a file is. Raises KeyError for one that is not there."""
    return f"/static/{static_files()[name].version}/{name}"


def static_reply(version: str, name: str) -> Response:
    """The file; 404 for one that is not there, or of another version."""
    file = static_files().get(name)
    if file is None or file.version != version:
        return Response(status_code=404)
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(file.content, media_type=file.media_type, headers=headers)
