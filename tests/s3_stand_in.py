"""A stand-in for an S3-compatible store, in memory: the few calls of the protocol that the bus uses, and no other.

It checks the key that signs a request and the digest of what is sent, not the signature itself. Each connection has a
thread until the client drops it, and a client keeps its connections.
"""

import hashlib
import itertools
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET, KEY, SECRET = "bodies", "test-key", "test-secret"
PAGE = 3
"""Objects of one page of a listing; so small that a test sees several."""


class Store:
    """What the stand-in holds. `refuses` is a status that it answers to everything while it is set."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, datetime]] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.uploads: dict[str, tuple[str, datetime]] = {}
        self.numbers = itertools.count()
        self.refuses = 0
        self.cuts_replies = False
        self.requests: list[str] = []
        self.lock = threading.Lock()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    store: Store

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""

    def do_PUT(self) -> None:
        body = self._body()
        if body is None:
            return
        if "uploadId" in self._query:
            with self.store.lock:
                self.store.parts[self._query["uploadId"]][int(self._query["partNumber"])] = body
        else:
            self._keep(body)
        self._answer(200, headers={"ETag": f'"{hashlib.md5(body).hexdigest()}"'})  # noqa: S324 - what S3 does

    def do_POST(self) -> None:
        if self._body() is None:
            return
        if "uploads" in self._query:
            upload = f"upload-{next(self.store.numbers)}"
            self.store.parts[upload] = {}
            self.store.uploads[upload] = (self._key, datetime.now(UTC))
            self._answer(
                200, f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
            )
        elif "uploadId" in self._query:
            parts = self.store.parts.pop(self._query["uploadId"])
            self.store.uploads.pop(self._query["uploadId"])
            self._keep(b"".join(parts[number] for number in sorted(parts)))
            self._answer(
                200, "<CompleteMultipartUploadResult><ETag>&quot;whole&quot;</ETag></CompleteMultipartUploadResult>"
            )
        else:
            self._answer(501)

    def do_GET(self) -> None:
        if self._body() is None:
            return
        if "uploads" in self._query:
            self._list_uploads()
        elif not self._key:
            self._list()
        elif self._key not in self.store.objects:
            self._answer(404, "<Error><Code>NoSuchKey</Code></Error>")
        else:
            content, kept_at = self.store.objects[self._key]
            headers = {"ETag": '"x"', "Last-Modified": f"{kept_at:%a, %d %b %Y %H:%M:%S GMT}"}
            asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
            if asked:
                headers["Content-Range"] = f"bytes {asked[1]}-{asked[2]}/{len(content)}"
                self._answer(206, content[int(asked[1]) : int(asked[2]) + 1], headers=headers)
            else:
                self._answer(200, content, headers=headers)

    do_HEAD = do_GET  # noqa: N815 - the name of http.server

    def do_DELETE(self) -> None:
        if self._body() is None:
            return
        if "uploadId" in self._query:
            self.store.parts.pop(self._query["uploadId"], None)
            self.store.uploads.pop(self._query["uploadId"], None)
        else:
            self.store.objects.pop(self._key, None)
        self._answer(204)

    def _keep(self, body: bytes) -> None:
        self.store.objects[self._key] = (body, datetime.now(UTC))

    def _list(self) -> None:
        after = self._query.get("continuation-token", "")
        keys = sorted(key for key in self.store.objects if key.startswith(self._query["prefix"]) and key > after)
        page = keys[:PAGE]
        rows = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>{self.store.objects[key][1]:%Y-%m-%dT%H:%M:%S.000Z}"
            f"</LastModified><ETag>x</ETag><Size>{len(self.store.objects[key][0])}</Size></Contents>"
            for key in page
        )
        more = f"<NextContinuationToken>{page[-1]}</NextContinuationToken>" if len(keys) > PAGE else ""
        truncated = f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>"
        self._answer(200, f"<ListBucketResult>{truncated}{more}{rows}</ListBucketResult>")

    def _list_uploads(self) -> None:
        after, prefix = self._query.get("upload-id-marker", ""), self._query["prefix"]
        begun = [(name, *of) for name, of in sorted(self.store.uploads.items()) if name > after]
        found = [each for each in begun if each[1].startswith(prefix)]
        rows = "".join(
            f"<Upload><Key>{escape(key)}</Key><UploadId>{name}</UploadId>"
            f"<Initiated>{at:%Y-%m-%dT%H:%M:%S.000Z}</Initiated></Upload>"
            for name, key, at in found[:PAGE]
        )
        more = "<IsTruncated>false</IsTruncated>"
        if len(found) > PAGE:
            name, key, _ = found[PAGE - 1]
            more = f"<IsTruncated>true</IsTruncated><NextKeyMarker>{key}</NextKeyMarker>"
            more += f"<NextUploadIdMarker>{name}</NextUploadIdMarker>"
        namespace = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
        self._answer(200, f"<ListMultipartUploadsResult {namespace}>{more}{rows}</ListMultipartUploadsResult>")

    def _body(self) -> bytes | None:
        """What is sent; None when it was refused and answered."""
        parts = urlsplit(self.path)
        self._query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        bucket, _, self._key = unquote(parts.path).lstrip("/").partition("/")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.store.requests.append(f"{self.command} {self.path}")
        digest = self.headers.get("x-amz-content-sha256", "")
        if self.store.refuses:
            self._answer(self.store.refuses)
        elif f"Credential={KEY}/" not in self.headers.get("Authorization", ""):
            self._answer(403, "<Error><Code>InvalidAccessKeyId</Code></Error>")
        elif bucket != BUCKET:
            self._answer(404, "<Error><Code>NoSuchBucket</Code></Error>")
        elif digest not in (hashlib.sha256(body).hexdigest(), "UNSIGNED-PAYLOAD"):
            self._answer(400, "<Error><Code>XAmzContentSHA256Mismatch</Code></Error>")
        else:
            return body
        return None

    def _answer(self, status: int, text: str | bytes = b"", headers: dict[str, str] | None = None) -> None:
        body = text.encode() if isinstance(text, str) else text
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            if self.store.cuts_replies and len(body) > 1:
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True
                return
            self.wfile.write(body)


@contextmanager
def s3_stand_in() -> Iterator[tuple[Store, str]]:
    """A running stand-in, and the address of its bucket with the key."""
    store = Store()
    handler = type("Handler", (_Handler,), {"store": store})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield store, f"s3://{KEY}:{SECRET}@{BUCKET}/kho?endpoint=http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
