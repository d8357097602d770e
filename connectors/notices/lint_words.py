"""Words and signs that a gateway does not take in a template, found in one text."""

import re
import unicodedata
from collections.abc import Iterator

from connectors.notices.template import PLACEHOLDER

LINK = re.compile(
    r"https?:|www\.|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:vn|com|net|org|info|me|ly|io|cc|xyz|top|app|link|site|online)\b",
    re.I,
)
"""A link, with or without its scheme."""

_FORBIDDEN = re.compile(r"\bsms\b|\banh\s*/\s*chị\b|\banh\s*\(\s*chị\s*\)|\ba\s*/\s*c\b", re.I)
_DOTTED = re.compile(
    r"\b(?:TP|TX|TT|Q|P|H|X|VP|CT|PCT|GĐ|PGĐ|QĐ|NĐ|CV|SĐT|ĐT|VD|v\.v|KT)\.(?=\s|$|[A-ZĐ])|\bv/v\b|\bđ/c\b", re.I
)
_SHORT = re.compile(r"\b(?:hs|tthc|ubnd|hđnd|dvc|dvcqg|hcc|cccd|cmnd|tt|đc|ko|k|đt|sđt|vnđ|tp|stt)\b", re.I)
_OTHER_SYNTAX = re.compile(r"#[A-Za-z]\w*|\{\{?[^{}]*\}?\}|\$\{?\w+|%\(\w+\)s|\[\[[^\]]*\]\]")
_ENGLISH = re.compile(
    r"\b(?:dear|hello|your|you|the|is|has|have|been|was|will|please|click|here|status|application|received|approved|"
    r"rejected|thank|thanks|result|ready|update|notice|and|for|from|with|dossier|of)\b",
    re.I,
)
_ENGLISH_WORDS = 2
_WORD = re.compile(r"[^\W\d_]+")
_PLAIN_WORDS = 4
"""A text of so many words without any mark is not accented Vietnamese."""


def without_placeholders(text: str) -> str:
    """The text that is the same in every notice."""
    return PLACEHOLDER.sub(" ", text)


def forbidden_word(text: str) -> str | None:
    """A word that ZBS forbids: it speaks of SMS, or leaves open which person is addressed."""
    found = _FORBIDDEN.search(without_placeholders(text))
    return found[0] if found else None


def abbreviation(text: str) -> str | None:
    """The first abbreviation, or word in capitals."""
    fixed = without_placeholders(text)
    capitals = next((word for word in _WORD.findall(fixed) if len(word) > 1 and word.isupper()), None)
    found = _DOTTED.search(fixed) or _SHORT.search(fixed)
    return capitals or (found[0] if found else None)


def other_syntax(text: str) -> str | None:
    """A placeholder as another system writes it, or an angle bracket that closes nothing."""
    found = _OTHER_SYNTAX.search(text)
    if found:
        return found[0]
    fixed = without_placeholders(text)
    return next((letter for letter in "<>" if letter in fixed), None)


def icons(text: str) -> str:
    """Emoji, dingbats and other pictures, each once."""
    return "".join(dict.fromkeys(_icons(text)))


def _icons(text: str) -> Iterator[str]:
    for letter in text:
        if unicodedata.category(letter) in ("So", "Sk", "Cs", "Co") and letter not in "^`´¨":
            yield letter


def invisible(text: str) -> list[str]:
    """The names of characters that are not seen: they cost, and break placeholders."""
    hidden = (letter for letter in text if unicodedata.category(letter) in ("Cc", "Cf") and letter != "\n")
    return [f"U+{ord(letter):04X}" for letter in dict.fromkeys(hidden)]


def is_unaccented(text: str) -> bool:
    """Whether a text that should be accented Vietnamese has no mark at all, though it is long enough to need one."""
    fixed = without_placeholders(text)
    return fixed.isascii() and len(_WORD.findall(fixed)) >= _PLAIN_WORDS


def english(text: str) -> str | None:
    """Words of English, where there are several."""
    words = [found[0] for found in _ENGLISH.finditer(without_placeholders(text))]
    return ", ".join(dict.fromkeys(words)) if len({word.casefold() for word in words}) >= _ENGLISH_WORDS else None
