"""Opens the place for files that a URL names: a folder, or a bucket of an S3-compatible store."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from lienthong.adapters.files.folder import FolderFiles
from lienthong.adapters.files.spool import FOLDER as SPOOL
from lienthong.errors import Finding, Misconfigured
from lienthong.messages import message
from lienthong.messages.os_errors import os_reason
from lienthong.ports import Files

if TYPE_CHECKING:
    from obstore.store import S3Store

    from lienthong.adapters.files.signed_requests import Bucket

FOLDER = "files"
"""The folder in the data directory: of the bodies, or of what is on its way to a store."""

REGION = "us-east-1"
"""That of a store without regions."""

CONNECT_SECONDS, REPLY_SECONDS = 5, 120
"""How long a store may take to take a connection, and to answer one request, which has at most a part of 8 MiB."""

RETRIES, RETRY_SECONDS = 3, 20
"""How often a request to a store is repeated at once, and for how long. Then the caller is asked to come again."""


def open_files(url: str, data: Path) -> Files:
    """The files at a URL; "" is the folder `files` of the data directory. Nothing is made or asked yet.

    Raises `Misconfigured` for a store without a key.
    """
    if not url:
        return FolderFiles(data / FOLDER)
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FolderFiles(Path(unquote(parts.path)))
    # What speaks HTTP is imported only for a bucket: every process opens its files.
    from lienthong.adapters.files.object_store import BODIES, ObjectStoreFiles
    from lienthong.adapters.files.unfinished_uploads import UnfinishedUploads

    store, unfinished = _open_store(url), UnfinishedUploads(_bucket(url), f"{parts.path}/{BODIES}/".lstrip("/"))
    return ObjectStoreFiles(store, data / FOLDER / SPOOL, unfinished)


def _bucket(url: str) -> "Bucket":
    """The same bucket, for requests that obstore has no call for."""
    from lienthong.adapters.files.signed_requests import Bucket

    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    name, region, endpoint = parts.hostname or "", query.get("region", REGION), query.get("endpoint", "").rstrip("/")
    return Bucket(
        address=f"{endpoint}/{name}" if endpoint else f"https://{name}.s3.{region}.amazonaws.com",
        region=region,
        key=unquote(parts.username or ""),
        secret=unquote(parts.password or ""),
        connect_seconds=CONNECT_SECONDS,
        reply_seconds=REPLY_SECONDS,
        ca=query.get("ca"),
    )


def _open_store(url: str) -> "S3Store":
    from obstore.store import S3Store

    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    key, secret = unquote(parts.username or ""), unquote(parts.password or "")
    if not key or not secret:
        what = message("the store of files has no key")
        advice = message("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; a file may contain them: NAME_FILE")
        raise Misconfigured([Finding("LIENTHONG_FILES", 0, 0, "LT810", what, advice)])
    endpoint = query.get("endpoint", "")
    return S3Store(
        parts.hostname or "",
        prefix=parts.path.strip("/") or None,
        config={
            "region": query.get("region", REGION),
            "access_key_id": key,
            "secret_access_key": secret,
            "virtual_hosted_style_request": not endpoint,
            "disable_bulk_delete": True,
            **({"endpoint": endpoint} if endpoint else {}),
        },
        client_options={
            "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
            "timeout": timedelta(seconds=REPLY_SECONDS),
            "allow_http": endpoint.startswith("http://"),
            **({"root_certificate": _read_ca(query["ca"])} if query.get("ca") else {}),
        },
        retry_config={"max_retries": RETRIES, "retry_timeout": timedelta(seconds=RETRY_SECONDS)},
    )


def _read_ca(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        what = message("the certificate {file} cannot be read: {why}", file=file, why=os_reason(error))
        advice = message("name a PEM file after `ca=`")
        raise Misconfigured([Finding("LIENTHONG_FILES", 0, 0, "LT810", what, advice)]) from None
