"""Documents that are executed: the files and commands in their code blocks, so that what they show stays true.

- ```` ```yaml routes/x.yaml ```` is a file: the words after the language are its path.
- ```` ```console ```` is a session: a line that begins with `$ ` is a command (what follows two spaces and `#` is for
  the reader, or `exit code N`), the lines after it are what it shows. `…` stands for anything.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class File:
    """A file that the reader is to write."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command that the reader is to run, the lines it should show, in this order, and its exit code."""

    text: str
    shows: Sequence[str]
    code: int = 0

    def missing_from(self, output: str) -> Sequence[str]:
        """The lines that `output` does not show. Runs of blanks count as one; a long line may be wrapped."""
        seen = " ".join(output.split())
        at, missing = 0, []
        for line in self.shows:
            found = re.compile(_pattern(line)).search(seen, at)
            if found is None:
                missing.append(line)
            else:
                at = found.end()
        return missing


def parts_of(document: Path) -> Sequence[File | Command]:
    """The files and commands of a document, in their order."""
    parts: list[File | Command] = []
    for language, title, text in re.findall(
        r"^```(\w+)[ ]?([^\n]*)\n(.*?)^```$", document.read_text("utf-8"), re.M | re.S
    ):
        if language == "console":
            parts += _commands(text)
        elif title:
            parts.append(File(title.strip(), text))
    return parts


def _commands(session: str) -> Sequence[Command]:
    commands = []
    for chunk in re.split(r"^\$ ", session, flags=re.M)[1:]:
        first, *shows = chunk.splitlines()
        commands.append(
            Command(re.split(r"\s{2,}#", first)[0].strip(), [line.strip() for line in shows if line.strip()])
        )
    return commands


def _pattern(line: str) -> str:
    return r".*?".join(r"\s+".join(map(re.escape, part.split())) for part in line.split("…"))
