"""What the readers of CSV and XLSX have in common."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Unreadable(Exception):  # noqa: N818 - the name describes the file
    """A file that cannot be read. Its text is the reason, for operators; it contains nothing of the content."""


class RawRow(NamedTuple):
    """The cells of a row and where it is. With a `fault` there are no cells."""

    cells: Sequence[object]
    place: Mapping[str, str | int]
    fault: str = ""
