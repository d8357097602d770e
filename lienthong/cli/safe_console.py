"""The console of every command: what it is given is text, never markup and never a command to the terminal."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from lienthong.data.harmless import harmless


def plain(text: str, style: str = "") -> Text:
    """`text` on one line, in which square brackets are only brackets and nothing steers the terminal."""
    return Text(harmless(text), style)


def stacked(*lines: str) -> Text:
    """Lines in one cell of a table, one below the other; each as `plain` makes it."""
    return Text("\n").join(plain(line) for line in lines if line)


class SafeConsole(Console):
    """A console for data from anywhere. Strings, also those in tables and titles, are shown as `harmless` writes them.

    Text that was styled before is looked through once more when it is laid out: nothing passes by.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(markup=False, emoji=False, highlight=False, **options)

    def render_str(self, text: str, **options: Any) -> Text:
        """See `Console`. A line break in the text is written out, too."""
        return super().render_str(harmless(text), **(options | {"markup": False, "emoji": False, "highlight": False}))

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isprintable() or segment.text == "\n":
                yield segment
            else:
                yield Segment(harmless(segment.text, lines=True), segment.style)
