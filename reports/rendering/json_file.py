"""A report as a JSON file, the format `json` of the configuration: its figures for programs."""

import orjson

from lienthong import Document


def render(document: Document) -> bytes:
    """The payload as UTF-8 JSON, indented by two spaces, with its keys in their order."""
    return orjson.dumps(document.payload, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
