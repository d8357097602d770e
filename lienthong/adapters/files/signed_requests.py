"""Requests to an S3-compatible store that obstore has no call for, signed here (AWS Signature Version 4)."""

import hashlib
import hmac
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import httpx

from lienthong.errors import Transient
from lienthong.messages import message

_NO_BODY = hashlib.sha256(b"").hexdigest()
_SIGNED = "host;x-amz-content-sha256;x-amz-date"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket by its `address`, which has no slash at its end. `ca`: a file of certificates."""

    address: str
    region: str
    key: str
    secret: str = field(repr=False)
    connect_seconds: float = 5
    reply_seconds: float = 60
    ca: str | None = None

    def ask(self, method: str, path: str, query: Mapping[str, str]) -> httpx.Response:
        """Send a request without a body. Raises `Transient` when the store does not answer."""
        url = f"{self.address}{quote(path)}?{_format_query(query)}"
        timeout = httpx.Timeout(self.reply_seconds, connect=self.connect_seconds)
        verify = ssl.create_default_context(cafile=self.ca)
        try:
            with httpx.Client(verify=verify, timeout=timeout, trust_env=False) as client:
                return client.request(method, url, headers=self.sign(method, path, query, datetime.now(UTC)))
        except httpx.HTTPError as error:
            raise Transient(message("the store of files does not answer")) from error

    def sign(self, method: str, path: str, query: Mapping[str, str], now: datetime) -> dict[str, str]:
        """The headers that prove which key has signed the request."""
        parts = urlsplit(self.address)
        moment = f"{now:%Y%m%dT%H%M%SZ}"
        scope = f"{now:%Y%m%d}/{self.region}/s3/aws4_request"
        headers = f"host:{parts.netloc}\nx-amz-content-sha256:{_NO_BODY}\nx-amz-date:{moment}\n"
        asked = "\n".join((method, quote(parts.path + path) or "/", _format_query(query), headers, _SIGNED, _NO_BODY))
        text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(asked.encode()).hexdigest()}"
        key = f"AWS4{self.secret}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        proof = f"AWS4-HMAC-SHA256 Credential={self.key}/{scope}, SignedHeaders={_SIGNED}, Signature={signature}"
        return {"x-amz-content-sha256": _NO_BODY, "x-amz-date": moment, "Authorization": proof}


def _format_query(query: Mapping[str, str]) -> str:
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(query.items()))
