"""Text that a caller writes: the types of the texts in the questions of requests.

They refuse what is a fault of the caller, and make equal what looks equal, as it is done wherever texts are compared.
Their JSON Schema states what they refuse.
"""

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from lienthong.data.text import clean_text, drop_invisible
from lienthong.messages import Message, message

TEXT_LIMIT = 1_000
"""Characters of a `Text`: names, codes and addresses are shorter."""

LONG_TEXT_LIMIT = 50_000
"""Characters of a `LongText`: some 25 pages."""

_CONTROL = "\\u0000-\\u001f\\u007f-\\u009f"
_CONTROL_BUT_LINES = "\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f"
_UNSEEN = "\\s\\u00ad\\u200b-\\u200f\\u2060-\\u206f\\ufeff"
"""White space and the usual ones of the characters that `drop_invisible` drops."""

_HALF = "\ud800-\udfff"


class _Pattern:
    """What a text must match, in its JSON Schema: no character of `refused`, and one that can be seen."""

    def __init__(self, refused: str) -> None:
        self._pattern = f"^[^{refused}]*[^{refused}{_UNSEEN}][^{refused}]*$"

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> dict[str, Any]:
        """Put the pattern into the JSON Schema; pydantic calls this."""
        return {**handler(core_schema), "pattern": self._pattern}


def _sound(refused: str, clean: Callable[[str], str]) -> Callable[[str], str]:
    """A validator that refuses the characters of `refused`, halves of characters, and what shows nothing."""
    bad = re.compile(f"[{refused}{_HALF}]")

    def check(text: str) -> str:
        if found := bad.search(text):
            raise _refused(message("it contains a control character: U+{code}", code=f"{ord(found[0]):04X}"))
        cleaned = clean(text)
        if not cleaned or cleaned.isspace():
            raise _refused(message("it contains nothing that can be seen; leave the field out where it is not known"))
        return cleaned

    return check


def _refused(why: Message) -> PydanticCustomError:
    return PydanticCustomError("refused", "{advice}", {"advice": why})


Text = Annotated[
    str,
    Field(min_length=1, max_length=TEXT_LIMIT),
    AfterValidator(_sound(_CONTROL, clean_text)),
    _Pattern(_CONTROL),
]
"""One line: a name, a code, a number. Control characters, line breaks too, are refused, and so is an empty text.

The value is as `clean_text` makes it: composed (NFC), without invisible characters, with single spaces inside.
"""

LongText = Annotated[
    str,
    Field(min_length=1, max_length=LONG_TEXT_LIMIT),
    AfterValidator(_sound(_CONTROL_BUT_LINES, drop_invisible)),
    _Pattern(_CONTROL_BUT_LINES),
]
"""Text of several lines. As `Text`, but tabs and line breaks are allowed, and white space stays as it is written."""
