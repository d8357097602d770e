"""Text broken into lines of a given width. What was measured is kept: a report has the same words again and again."""

import re
import unicodedata
from collections.abc import Iterator

from reportlab.pdfbase.pdfmetrics import stringWidth

_SPACES = re.compile(r"[ \t]+")
"""Where a line may end. Not at a no-break space."""

_LONGEST_KEPT = 200
"""Letters of a text whose lines are kept. A longer one hardly comes twice."""


class Typesetter:
    """Measures and breaks texts in one font and size. Widths are in points."""

    def __init__(self, font: str, size: float) -> None:
        self.font, self.size = font, size
        self._widths: dict[str, float] = {}
        self._lines: dict[tuple[str, float], list[str]] = {}
        self._space = self.width(" ")

    def width(self, text: str) -> float:
        """How wide a text is on one line."""
        found = self._widths.get(text)
        if found is None:
            found = self._widths[text] = float(stringWidth(text, self.font, self.size))
        return found

    def words(self, text: str) -> Iterator[str]:
        """The words of a text, which stay whole where there is room for them."""
        for part in text.split("\n"):
            yield from filter(None, _SPACES.split(part))

    def lines(self, text: str, room: float) -> list[str]:
        """The text in lines no wider than `room`, at least one. A word that is wider is broken."""
        known = self._lines.get((text, room))
        if known is None:
            known = [line for part in text.split("\n") for line in self._broken(part, room)]
            if len(text) <= _LONGEST_KEPT:
                self._lines[text, room] = known
        return known

    def _broken(self, part: str, room: float) -> list[str]:
        found: list[str] = []
        line, used = "", 0.0
        for word in filter(None, _SPACES.split(part)):
            wide = self.width(word)
            if line and used + self._space + wide <= room:
                line, used = f"{line} {word}", used + self._space + wide
                continue
            if line:
                found.append(line)
            *whole, line = self._pieces(word, room) if wide > room else [word]
            found += whole
            used = self.width(line)
        return [*found, line]

    def _pieces(self, word: str, room: float) -> list[str]:
        """A word that is wider than the room, in pieces; a piece does not begin with a mark of the letter before it."""
        pieces = [""]
        used = 0.0
        for letter in word:
            wide = self.width(letter)
            if pieces[-1] and used + wide > room and not unicodedata.combining(letter):
                pieces.append("")
                used = 0.0
            pieces[-1] += letter
            used += wide
        return pieces
