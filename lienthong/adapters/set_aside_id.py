"""The id of a message that was set aside."""

import hashlib
from collections.abc import Mapping
from typing import Any


def message_id(body: bytes, headers: Mapping[str, Any]) -> str:
    """Twelve hexadecimal digits, derived from the body and the headers it came with."""
    text = repr(sorted((name, repr(value)) for name, value in headers.items()))
    return hashlib.sha256(body + b"\0" + text.encode("utf-8", "backslashreplace")).hexdigest()[:12]
