"""YAML files of a project's own, read as the configuration is: each fault has file, line, column and an advice."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from lienthong.configuration.document import Document
from lienthong.configuration.shapes.validation import validate
from lienthong.configuration.yaml_reader import read
from lienthong.errors import Finding

_Shape = TypeVar("_Shape", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class ShapeFile(Generic[_Shape]):
    """A file that was read: its `value`, or None and why not (`findings`)."""

    value: _Shape | None
    _document: Document

    @property
    def findings(self) -> list[Finding]:
        return list(self._document.findings)

    def find(self, code: str, what: str, advice: str, *path: str | int) -> Finding:
        """A finding about the value at `path`, with its place in the file."""
        place = self._document.position(path)
        return Finding(place.file, place.line, place.column, code, what, advice)


def read_shape_file(
    path: Path, file: str, shape: type[_Shape], variables: Mapping[str, str] | None = None
) -> ShapeFile[_Shape]:
    """Read the YAML file at `path` as a `shape`; `file` is its name in findings.

    `${NAME}` is replaced from `variables`; None leaves it as it is.
    """
    document = read(path, file, variables)
    return ShapeFile(validate(document, shape) if not document.findings else None, document)
