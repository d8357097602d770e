"""What is known of a code of `lienthong check`, whichever finding carries it."""

from dataclasses import dataclass
from typing import Literal

from lienthong.messages import Message, message

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding. The texts are English sentences of the catalogue, marked with `msgid`.

    - `title`: what it is, in a line without a full stop.
    - `why`: why it matters, in a sentence or two.
    - `advice`: what to write instead, where all findings of the code have one answer. `{written}` stands for the
      value as the file has it.
    - `level`: a warning can be run with, an error cannot.
    - `unreadable`: the value could not be read, so that other findings in its line are consequences and not shown.
    """

    title: str
    why: str
    advice: str = ""
    level: Level = "error"
    unreadable: bool = False

    def general_advice(self, written: str) -> Message:
        """The advice for a value that the file writes as `written`."""
        advice = self.advice or self.why
        return message(advice, written=written or "...") if "{written}" in advice else message(advice)

    def explanation(self, name: str) -> Message:
        """The code in a paragraph."""
        return message("{code}: {title}. {why}", code=name, title=message(self.title), why=message(self.why))
