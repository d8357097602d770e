"""How wide the columns of a printed table are: as they ask, but with room for their words, and none for nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reportlab.lib.units import mm

from lienthong import Column
from reports.rendering.broken_lines import Typesetter
from reports.rendering.ruled_table import BESIDE, Face

_LONGEST_WORD = 65 * mm
"""The greatest width that a word claims: twice a dossier code. A longer word is broken."""


@dataclass(slots=True)
class Need:
    """What a column needs, in points: `word` for its longest word, `line` for its longest text on one line."""

    word: float = 0.0
    line: float = 0.0

    def see(self, text: str, typesetter: Typesetter) -> None:
        """Take in one text of the column."""
        for word in typesetter.words(text):
            self.word = max(self.word, min(typesetter.width(word), _LONGEST_WORD))
        self.line = max(self.line, self.word, *map(typesetter.width, text.split("\n")))


def measure(columns: Sequence[Column], rows: Iterable[Sequence[str]], total: Sequence[str], face: Face) -> list[Need]:
    """What each column needs for its heading, the texts of its rows and its total."""
    needs = [Need() for _ in columns]
    for need, column in zip(needs, columns, strict=True):
        need.see(column.title, face.bold)
        need.line = need.word  # a heading may take several lines
    seen: list[set[str]] = [set() for _ in columns]
    for row in rows:
        for need, known, text in zip(needs, seen, row, strict=True):
            if text not in known:
                known.add(text)
                need.see(text, face.plain)
    for need, text in zip(needs, total, strict=False):
        need.see(text, face.bold)
    return needs


def share_out(columns: Sequence[Column], needs: Sequence[Need], width: float) -> list[float]:
    """The widths of the columns, in points; their sum is `width`.

    They are as the columns ask, but at least as wide as the longest word. A column takes no more than its longest text
    while another one needs the room.
    """
    words = [need.word + 2 * BESIDE + 1 for need in needs]
    if sum(words) >= width:
        return _levelled(words, width)
    lines = [max(need.line + 2 * BESIDE + 1, word) for need, word in zip(needs, words, strict=True)]
    if sum(lines) <= width:
        # Everything fits on one line: the columns share what is left as they ask.
        spare, asked = width - sum(lines), sum(column.width for column in columns)
        return [line + spare * column.width / asked for line, column in zip(lines, columns, strict=True)]
    fixed: dict[int, float] = {}
    while True:
        shares = _shares(columns, fixed, width)
        narrow = {at: word for at, word in enumerate(words) if at not in fixed and shares[at] < word}
        wide = {at: line for at, line in enumerate(lines) if at not in fixed and shares[at] > line}
        # Too narrow goes first: the room of the others changes, and one that was too wide may no longer be.
        found = narrow or wide
        if not found:
            return shares
        fixed |= found


def _shares(columns: Sequence[Column], fixed: Mapping[int, float], width: float) -> list[float]:
    spare = width - sum(fixed.values())
    asked = sum(column.width for at, column in enumerate(columns) if at not in fixed)
    return [fixed.get(at, spare * column.width / asked if asked else 0) for at, column in enumerate(columns)]


def _levelled(needed: Sequence[float], width: float) -> list[float]:
    """Widths for words that do not fit beside each other: narrow columns keep their room, wide ones share the rest."""
    rooms = dict(enumerate(needed))
    spare = width
    for left, at in zip(range(len(needed), 0, -1), sorted(rooms, key=rooms.__getitem__), strict=True):
        rooms[at] = spare / left if left == 1 else min(rooms[at], spare / left)
        spare -= rooms[at]
    return list(rooms.values())
