"""Finding the names of a record's persons in its other texts, whatever their case, accents and spaces."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from lienthong.masking.text import HIDDEN, mask_text

_FEWEST_LETTERS_OF_ONE_WORD = 7
"""A name of one word is searched for from this length on: shorter ones, such as `An`, are parts of other texts."""


class NameMask:
    """Hides the given names, and personal numbers, in texts."""

    def __init__(self, names: Iterable[str]) -> None:
        patterns = sorted({pattern for name in names if (pattern := _pattern(name))}, key=len, reverse=True)
        self._names = re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)") if patterns else None

    def hide(self, text: str) -> str:
        """`text` without the names, and with `mask_text` applied."""
        if self._names is None:
            return mask_text(text)
        composed = unicodedata.normalize("NFC", text)
        parts: list[str] = []
        end = 0
        for match in self._names.finditer(_fold(composed)):
            parts += [composed[end : match.start()], HIDDEN]
            end = match.end()
        return mask_text("".join([*parts, composed[end:]]) if parts else text)


def _pattern(name: str) -> str:
    """A pattern for the folded name, or "" when it is too short to differ from other words."""
    words = re.findall(r"\w+", _fold(unicodedata.normalize("NFC", name)))
    if len(words) < 2 and len("".join(words)) < _FEWEST_LETTERS_OF_ONE_WORD:
        return ""
    return r"[\W_]+".join(map(re.escape, words))


def _fold(composed: str) -> str:
    """Lower case without accents. Every character stays one character, so places are the same in both texts."""
    return "".join(map(_fold_character, composed))


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0].lower()
    return {"đ": "d", "Đ": "d"}.get(character, base if len(base) == 1 else character)
