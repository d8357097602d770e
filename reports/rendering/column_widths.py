"""How wide the columns of a printed table are: as they ask, but with room for their words, and none for nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reportlab.lib.units import mm

from lienthong import Column
from reports.rendering.broken_lines import Typesetter
from reports.rendering.ruled_table import BESIDE, Face

_BESIDE = 2 * BESIDE + 1
"""Points of a column that its text does not have."""

_LONGEST_WORD = 65 * mm
"""The greatest width that a word claims: twice a dossier code. A longer word is broken."""


@dataclass(slots=True)
class Need:
    """What a column needs, in points.

    `word` is the width of its longest word, `line` of its longest text on one line, `usual` of an average text,
    `heading` of its heading on one line.
    """

    heading: float = 0.0
    word: float = 0.0
    line: float = 0.0
    usual: float = 0.0

    @property
    def room(self) -> float:
        """The least width of the column."""
        return self.word + _BESIDE

    def see(self, text: str, typesetter: Typesetter) -> float:
        """Take in one text of the column and return how wide it is on one line."""
        for word in typesetter.words(text):
            self.word = max(self.word, min(typesetter.width(word), _LONGEST_WORD))
        wide = max(map(typesetter.width, text.split("\n")))
        self.line = max(self.line, self.word, wide)
        return wide


def measure(columns: Sequence[Column], rows: Iterable[Sequence[str]], total: Sequence[str], face: Face) -> list[Need]:
    """What each column needs for its heading, the texts of its rows and its total."""
    needs = [Need() for _ in columns]
    for need, column in zip(needs, columns, strict=True):
        need.heading = need.see(column.title, face.bold)
        need.line = need.word  # a heading may take several lines
    seen: list[dict[str, float]] = [{} for _ in columns]
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007 - the last one is how many there are
        for need, known, text in zip(needs, seen, row, strict=True):
            if text not in known:
                known[text] = need.see(text, face.plain)
            need.usual += known[text]
    for need, text in zip(needs, total, strict=False):
        need.see(text, face.bold)
    for need in needs:
        need.usual /= max(count, 1)
    return needs


def share_out(needs: Sequence[Need], width: float) -> list[float]:
    """The widths of the columns, in points; their sum is `width`.

    Each is at least as wide as its longest word. Short texts, such as names of people, stay on one line where that
    leaves room for the others. The rest is shared by what is usual in a column, so that rows are low.
    """
    words = [need.room for need in needs]
    if sum(words) >= width:
        return _levelled(words, width)
    usual = [max(need.usual, need.word) for need in needs]
    lines = [need.line + _BESIDE for need in needs]
    if (spare := width - sum(lines)) >= 0:
        # What is over goes to the headings first, so that they take few lines, then to wide columns.
        wanted = [max(need.heading - need.line, 0) for need in needs]
        given = [want * min(1, spare / max(sum(wanted), 1)) for want in wanted]
        more = _shares(usual, {}, spare - sum(given))
        return [line + heading + rest for line, heading, rest in zip(lines, given, more, strict=True)]
    words = _with_short_texts(words, lines, width)
    fixed: dict[int, float] = {}
    while True:
        shares = _shares(usual, fixed, width)
        narrow = {at: word for at, word in enumerate(words) if at not in fixed and shares[at] < word}
        wide = {at: line for at, line in enumerate(lines) if at not in fixed and shares[at] > line}
        # Too narrow goes first: the room of the others changes, and one that was too wide may no longer be.
        found = narrow or wide
        if not found:
            return shares
        fixed |= found


def _with_short_texts(words: Sequence[float], lines: Sequence[float], width: float) -> list[float]:
    """The least widths, those of columns with short texts widened to a line: for up to a third of what is left over."""
    found, budget = list(words), (width - sum(words)) / 3
    for at in sorted(range(len(words)), key=lambda at: lines[at] - words[at]):
        cost = lines[at] - words[at]
        if lines[at] <= width / 6 and cost <= budget:
            found[at] = lines[at]
            budget -= cost
    return found


def _shares(weights: Sequence[float], fixed: Mapping[int, float], width: float) -> list[float]:
    spare = width - sum(fixed.values())
    whole = sum(weight for at, weight in enumerate(weights) if at not in fixed)
    return [fixed.get(at, spare * weight / whole if whole else 0) for at, weight in enumerate(weights)]


def _levelled(needed: Sequence[float], width: float) -> list[float]:
    """Widths for words that do not fit beside each other: narrow columns keep their room, wide ones share the rest."""
    rooms = dict(enumerate(needed))
    spare = width
    for left, at in zip(range(len(needed), 0, -1), sorted(rooms, key=rooms.__getitem__), strict=True):
        rooms[at] = spare / left if left == 1 else min(rooms[at], spare / left)
        spare -= rooms[at]
    return list(rooms.values())
