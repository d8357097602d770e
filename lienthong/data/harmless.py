"""Text from outside, written so that it can neither break nor steer what shows it: a terminal, or a viewer of logs.

Two forms, and every output uses one of them: `harmless` for people, `json_text` for programs.
"""

import json
import re
from collections.abc import Callable
from typing import Any

_UNSEEN = (
    "\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064"
    "\u2066-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
)
"""DEL and C1, formats (bidirectional marks, zero width), line and paragraph separators, halves of surrogate pairs."""

_HARMFUL = re.compile(f"[\x00-\x1f{_UNSEEN}]")
_HARMFUL_BUT_LINES = re.compile(f"[\x00-\x09\x0b-\x1f{_UNSEEN}]")
_NOT_ESCAPED_BY_JSON = re.compile(f"[{_UNSEEN}]")
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def harmless(text: str, *, lines: bool = False) -> str:
    r"""`text` with each control, format and half character written out: `\n`, `\x1b`, `\u202e`.

    Everything else stays as it is, square brackets and backslashes too. With `lines`, line breaks stay as well.
    """
    if text.isprintable():
        return text
    return (_HARMFUL_BUT_LINES if lines else _HARMFUL).sub(_written_out, text)


def json_text(value: object, *, indent: int | None = None, default: Callable[[Any], Any] | None = None) -> str:
    """`value` as JSON that reads back exactly, with what a terminal could take for a command escaped as JSON does.

    `default` makes something of what JSON cannot write.
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=default)
    return _NOT_ESCAPED_BY_JSON.sub(_json_escape, text)


def _written_out(found: re.Match[str]) -> str:
    character = found.group()
    code = ord(character)
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return _SHORT.get(character) or (f"\\u{code:04x}" if code > 0xFF else f"\\x{code:02x}")


def _json_escape(found: re.Match[str]) -> str:
    return json.dumps(found.group())[1:-1] if ord(found.group()) > 0x7F else f"\\u{ord(found.group()):04x}"
