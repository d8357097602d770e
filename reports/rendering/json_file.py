"""A report's figures for programs."""

import orjson

from lienthong import Document


def render(document: Document) -> bytes:
    """The payload as UTF-8 JSON, two spaces deep, keys in the payload's own order."""
    return orjson.dumps(document.payload, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
