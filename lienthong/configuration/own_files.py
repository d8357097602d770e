"""Reading the project's own files of config/: those that `settings` of config/bus.yaml names, and whole folders."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lienthong.configuration.document import Document
from lienthong.configuration.faults import Fault, Mismatch
from lienthong.configuration.layout import Layout
from lienthong.configuration.names import settings_class
from lienthong.configuration.shapes.validation import validate
from lienthong.data.settings_shape import SettingsFile, SettingsFolder
from lienthong.messages import message

Read = Callable[[str, Path], Document]
"""Reads the file of a name, and keeps its document."""


def read_own_files(layout: Layout, named: Mapping[str, str], read: Read, bus: Document | None) -> Mapping[str, Any]:
    """What the files state, by name; those that could not be read are not in it.

    `named`: by name, the whole Python name of the shape. `bus`: the document that names them.
    """
    found: dict[str, Any] = {}
    for name, dotted in named.items():
        try:
            shape: type[SettingsFile] | None = settings_class(dotted)
        except Mismatch:
            shape = None  # `check_names` states it
        if shape is not None and issubclass(shape, SettingsFolder):
            value: Any = _read_folder(layout, name, shape, read)
        else:
            value = _read_file(layout, name, shape, read, bus)
        if value is not None:
            found[name] = value
    return found


def _read_file(layout: Layout, name: str, shape: Any, read: Read, bus: Document | None) -> Any:
    path = layout.settings_file(name)
    if not path.is_file():
        if bus is not None:
            what = message("there is no config/{name}.yaml", name=name)
            bus.report(Fault("LT629", what, None, ("settings", name), of_key=True))
        return None
    if shape is None:
        return None
    place = layout.relative(path)
    layout.findings[:] = [one for one in layout.findings if one.file != place]  # it is not misspelt
    return validate(read(name, path), shape)


def _read_folder(layout: Layout, name: str, shape: type[SettingsFolder], read: Read) -> SettingsFolder | None:
    """All files of a folder together; None when one of them is not sound."""
    documents = {stem: read(f"{name}/{stem}", path) for stem, path in layout.settings_folder(name).items()}
    files = {stem: validate(document, shape) for stem, document in documents.items()}
    sound = {stem: file for stem, file in files.items() if file is not None}
    for fault in shape.faults(sound):
        what = message("it does not fit to another part of the folder: {reason}", reason=fault.text)
        documents[fault.file].report(Fault("LT630", what, path=fault.path))
    return shape.together(sound) if len(sound) == len(files) else None
