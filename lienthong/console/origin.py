"""Where a request comes from: a page of ours, or another site; and whether the browser keeps a log-in at all."""

from urllib.parse import urlsplit

from starlette.requests import Request

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def is_from_here(request: Request) -> bool:
    """Whether a POST was sent by a page of this console.

    Browsers state it in `Origin`, of which the host has to be the one that was asked, and newer ones in
    `Sec-Fetch-Site`. The scheme is not compared: behind a proxy that ends TLS it is another one. Without either header
    nothing proves it, so it counts as foreign.
    """
    origin, site = request.headers.get("origin", ""), request.headers.get("sec-fetch-site", "")
    if site and site != "same-origin":
        return False
    if origin:
        return _netloc(origin) == request.headers.get("host", "").lower()
    return site == "same-origin"


def keeps_log_in(request: Request) -> bool:
    """Whether a browser keeps a cookie that is `Secure` and `__Host-`: over HTTPS, or on this machine itself.

    `X-Forwarded-Proto` may be invented by anybody; nothing but a hint on the page depends on it.
    """
    is_encrypted = "https" in (request.url.scheme, request.headers.get("x-forwarded-proto", "").strip().lower())
    name = request.url.hostname or ""
    return is_encrypted or name in _LOOPBACK or name.endswith(".localhost")


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:  # such as a bracket that is never closed
        return ""
