"""Uploads in parts that broke off: an S3-compatible store keeps their parts, and charges for them, until they
are ended.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import httpx
import structlog

from lienthong.adapters.files.signed_requests import Bucket
from lienthong.data.xml import parse
from lienthong.envelope import parse_utc
from lienthong.errors import Rejected, Transient
from lienthong.messages import message

_MOST_PAGES = 100
"""Pages of 1,000 uploads that one look reads."""

log = structlog.get_logger(__name__)


class _Upload(NamedTuple):
    key: str
    number: str
    begun_at: datetime


class UnfinishedUploads:
    """The uploads to keys that begin with `prefix`, which were begun and not ended."""

    def __init__(self, bucket: Bucket, prefix: str) -> None:
        self._bucket = bucket
        self._prefix = prefix

    def end(self, before: datetime) -> int:
        """End those that began before a moment; returns how many. Raises `Transient`.

        A store that does not list them, or not with our key, has to end them by its rules.
        """
        count = 0
        for upload in list(self._walk()):
            if upload.begun_at < before:
                self._bucket.ask("DELETE", f"/{upload.key}", {"uploadId": upload.number})
                count += 1
        return count

    def _walk(self) -> Iterator[_Upload]:
        marker: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            reply = self._bucket.ask("GET", "", {"uploads": "", "prefix": self._prefix, **marker})
            if reply.status_code != httpx.codes.OK:
                if reply.is_server_error and reply.status_code != httpx.codes.NOT_IMPLEMENTED:
                    raise Transient(message("the store of files does not answer"))
                log.warning("the store of files lists no unfinished uploads", status=reply.status_code)
                return
            page = _read(reply.content)
            yield from (
                _Upload(_text(one, "Key"), _text(one, "UploadId"), parse_utc(_text(one, "Initiated")))
                for one in page.iterfind("{*}Upload")
            )
            if _text(page, "IsTruncated") != "true":
                return
            marker = {"key-marker": _text(page, "NextKeyMarker"), "upload-id-marker": _text(page, "NextUploadIdMarker")}


def _read(body: bytes) -> Any:
    try:
        return parse(body)
    except Rejected as fault:
        raise Transient(message("the store of files does not answer")) from fault


def _text(of: Any, name: str) -> str:
    return of.findtext(f"{{*}}{name}") or ""
