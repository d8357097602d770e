"""The id of an event: derived from its source, its natural key, its content, and what it followed."""

import hashlib
import uuid

import orjson

_NAMESPACE = uuid.UUID("5d0f0a2e-0b1f-5c3e-9a58-6c69656e7468").bytes
_VARIANT = {digit: f"{int(digit, 16) & 3 | 8:x}" for digit in "0123456789abcdef"}  # RFC 9562, 4.1: the top bits are 10

FIRST_TIME, RETURN, DRAWN = "5", "8", "4"
"""Versions of UUIDs (RFC 9562): 5 is derived from a name; the layout of 8 is the application's own; 4 is random."""


ABSENT = "lienthong:absent"
"""The key in the data of an event whose record is no longer at its source. The rest is its last content."""

CAUSE = "lienthong:causationid"
"""The key in the data of a follow-up with the id of the event that the sink had."""


def canonical_json(data: object) -> bytes:
    """The canonical JSON of `data`: UTF-8, keys sorted, no spaces. Equal data gives equal bytes."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS)


def digest(canonical: bytes) -> str:
    """The SHA-256 of canonical JSON, in hexadecimal digits."""
    return hashlib.sha256(canonical).hexdigest()


def derive_id(source: str, natural_key: str, content_digest: str, *, after: str = "") -> str:
    """The id of an event, from (source, natural key, digest): equal content of one key has one id.

    A content that returns after another one is a new event. Its id is also derived from the id of that other event,
    `after`, and shows it by its version, 8 in place of 5 (see `Envelope.is_return`).
    """
    # The same result as `uuid.uuid5` (RFC 9562, 5.5) in a third of the time: it is derived for every record.
    name = f"{source}\n{natural_key}\n{content_digest}"
    version = FIRST_TIME
    if after:
        name, version = f"{name}\n{after}", RETURN
    sha = hashlib.sha1(_NAMESPACE + name.encode(), usedforsecurity=False)
    text = sha.hexdigest()
    variant = _VARIANT[text[16]]
    return f"{text[:8]}-{text[8:12]}-{version}{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"


def draw_id() -> str:
    """An id of its own for an event that nothing can repeat: a question. Its entry has the digest of its content."""
    return str(uuid.uuid4())


def is_drawn(event_id: str) -> bool:
    """Whether the id was drawn, and not derived from the content."""
    return event_id[14:15] == DRAWN


def is_return(event_id: str) -> bool:
    """Whether the event shows a content again that its source had shown before the event that precedes it."""
    return event_id[14:15] == RETURN
