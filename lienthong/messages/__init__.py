"""The message catalogue: the sentences of the engine, in the language of the reader or of the ledger.

The code has the English sentence, the catalogue the Vietnamese one (`locales/vi/LC_MESSAGES/lienthong.po`). A message
keeps its parts, so that one sentence can be shown to a reader in one language and written to the ledger in the
language of the project. `make messages` updates the catalogue from the code.
"""

import gettext
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

Language = Literal["vi", "en"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT_LANGUAGE: Language = "vi"
VARIABLE = "LIENTHONG_LANG"
LOCALES = Path(__file__).parent / "locales"

_reading: ContextVar[Language | None] = ContextVar("reading", default=None)

_SEPARATORS: Mapping[Language, Mapping[int, int]] = {"vi": str.maketrans(",.", ".,"), "en": {}}
"""From the separators of Python's format to a language's: thousands and decimals."""


class Message(str):
    """A sentence of the catalogue. As text it is in the reader's language; `render` gives another one.

    Values are put in with `str.format`; a value that is a message itself is rendered in the same language.
    """

    __slots__ = ("_count", "_msgid", "_plural", "_rendered", "_values")

    _msgid: str
    _plural: str
    _count: int
    _values: Mapping[str, Any]
    _rendered: dict[Language, str]

    def __new__(cls, msgid: str, plural: str = "", count: int = 1, /, **values: Any) -> "Message":
        language = reader_language()
        text = _render(language, msgid, plural, count, values)
        rendered = super().__new__(cls, text)
        rendered._msgid, rendered._plural, rendered._count, rendered._values = msgid, plural, count, values
        rendered._rendered = {language: text}
        return rendered

    def render(self, language: Language) -> str:
        """The sentence in `language`, as plain text."""
        text = self._rendered.get(language)
        if text is None:  # a route gives one message as the reason of many events, so each language is rendered once
            text = self._rendered[language] = _render(language, self._msgid, self._plural, self._count, self._values)
        return text


def message(msgid: str, /, **values: Any) -> Message:
    """A sentence. `msgid` is the English one, a literal; `values` stand for its `{names}`."""
    return Message(msgid, **values)


def message_n(one: str, many: str, /, *, count: int, **values: Any) -> Message:
    """A sentence that depends on a number: `one` for 1, `many` otherwise, `{count}` in both with thousands marked."""
    return Message(one, many, count, **values)


def msgid(text: str) -> str:
    """`text` as it is, marked for the catalogue: a literal that is given to `message` later, when it is shown."""
    return text


def in_ledger_language(text: str) -> str:
    """`text` as it is written to the ledger: messages in the project's language, everything else as it is."""
    return text.render(_ledger_language) if isinstance(text, Message) else text


def ledger_language() -> Language:
    """The language of what the process writes to the ledger and into files."""
    return _ledger_language


def use_ledger_language(language: Language) -> None:
    """Set the language of the ledger for this process; `language` of config/bus.yaml."""
    global _ledger_language  # noqa: PLW0603 - one project a process
    _ledger_language = language


@contextmanager
def reading_in(language: Language) -> Iterator[None]:
    """Within it the reader's language is `language`, in this task or thread alone: one process serves many readers."""
    before = _reading.set(language)
    try:
        yield
    finally:
        _reading.reset(before)


def reader_language() -> Language:
    """The language of the reader: what `reading_in` states, else LIENTHONG_LANG of the person at the terminal.

    Vietnamese when neither is set, or not known.
    """
    reading = _reading.get()
    if reading is not None:
        return reading
    named = os.environ.get(VARIABLE, "").strip().lower()[:2]
    return next((language for language in LANGUAGES if language == named), DEFAULT_LANGUAGE)


def unknown_language() -> str:
    """What LIENTHONG_LANG names when it names none of the languages, else "".

    A region or an encoding may follow the language, as in `vi_VN.UTF-8`.
    """
    named = os.environ.get(VARIABLE, "").strip()
    language = re.split(r"[-_.@]", named.lower(), maxsplit=1)[0]
    return "" if not named or language in LANGUAGES else named


def format_number(figure: float, language: Language | None = None, *, decimals: int = 0) -> str:
    """1234567 as 1.234.567 in Vietnamese and 1,234,567 in English; by default as the reader writes it."""
    text = f"{figure:,.{decimals}f}" if decimals else f"{round(figure):,}"
    return text.translate(_SEPARATORS[language or reader_language()])


_ledger_language: Language = DEFAULT_LANGUAGE


def _render(language: Language, msgid: str, plural: str, count: int, values: Mapping[str, Any]) -> str:
    catalogue = _catalogue(language)
    text = catalogue.ngettext(msgid, plural, count) if plural else catalogue.gettext(msgid)
    if not values and not plural:
        return text
    shown = {name: value.render(language) if isinstance(value, Message) else value for name, value in values.items()}
    return text.format(**shown, **({"count": format_number(count, language)} if plural else {}))


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    if language == "en":  # the language of the code
        return gettext.NullTranslations()
    return gettext.translation("lienthong", LOCALES, languages=[language])
