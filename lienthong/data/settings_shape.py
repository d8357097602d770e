"""The bases of the shapes of a project's own files in config/."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict


class SettingsShape(BaseModel):
    """A frozen shape that refuses unknown keys: a part of such a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SettingsFile(SettingsShape):
    """The shape of a whole file.

    `settings` of config/bus.yaml names the class of each file config/NAME.yaml. A parameter that has the class as its
    annotation gets what the file states; in YAML it is the name of the file.
    """


class FolderFault(NamedTuple):
    """What is wrong between the files of a folder: in which `file`, at which path of keys, in the project's words."""

    file: str
    path: tuple[str | int, ...]
    text: str


class SettingsFolder(SettingsFile):
    """The shape of each file of a folder config/NAME/, which `settings` of config/bus.yaml names as it names a file.

    A parameter gets all files together, in the order of their names. A folder that is not there has no files.
    """

    @classmethod
    def together(cls, files: Mapping[str, Self]) -> Self:
        """All files, by their names without the ending, as one value of the same shape."""
        raise NotImplementedError

    @classmethod
    def faults(cls, files: Mapping[str, Self]) -> Iterable[FolderFault]:
        """What is wrong between files that are sound each for itself."""
        del files
        return ()
