"""Certificates and CRLs that a PDF brings along in its document security store (ISO 32000-2, 12.8.4.3)."""

from typing import Any

from lienthong.signatures.limits import BeyondLimit, Limits
from lienthong.signatures.pdf.document import Document


def stored(document: Document, limits: Limits) -> tuple[list[bytes], list[bytes]]:
    """The DER of certificates and of CRLs. They prove nothing until a trusted key's signature on them verifies."""
    try:
        store = document.reader.root["/DSS"]
    except KeyError:
        return [], []
    certificates = _streams(store, "/Certs", "max_certificates", limits.max_certificates)
    return certificates, _streams(store, "/CRLs", "max_crls", limits.max_crls)


def _streams(store: Any, key: str, limit: str, most: int) -> list[bytes]:
    try:
        items = list(store[key])
    except (KeyError, TypeError):
        return []
    if len(items) > most:
        raise BeyondLimit(limit, most)
    found = []
    for item in items:
        stream = item.get_object()
        data = getattr(stream, "data", None)
        if isinstance(data, bytes):
            found.append(data)
    return found
