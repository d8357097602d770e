"""Reads every configuration file and makes `Settings` of those that can be understood."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lienthong.configuration.document import Document
from lienthong.configuration.layout import PARTS, Layout, survey
from lienthong.configuration.project_reader import File, ProjectReader
from lienthong.errors import Finding
from lienthong.settings import Settings

KINDS = ("routes", *PARTS)
"""Kinds of files that have a name, by the folder they are in."""

Files = Mapping[str, Mapping[str, File]]
"""By kind and name."""


@dataclass(slots=True)
class Loaded:
    """Settings, with the documents they came from: by kind (`routes`, `sources`, ...) and name.

    `disabled` has the values of files with `enabled: false`, which are not part of the settings.
    """

    layout: Layout
    settings: Settings
    documents: Mapping[str, Mapping[str, Document]]
    disabled: Mapping[str, Mapping[str, Any]]
    findings: list[Finding] = field(default_factory=list)

    def understood(self, kind: str) -> dict[str, Any]:
        """The values of all files of a kind that could be understood, the disabled ones too."""
        return dict(sorted({**getattr(self.settings, kind), **self.disabled[kind]}.items()))


def load(root: Path, variables: Mapping[str, str]) -> tuple[Settings, list[Finding]]:
    """The settings that the files under `root` describe, and every fault in them. Never raises for their content.

    A file with faults that leave it without a meaning is left out of the settings. `variables` is the environment;
    LIENTHONG_ENV in it names the file of config/env/ that is laid over the others.
    """
    loaded = load_documents(root, variables)
    return loaded.settings, sorted(loaded.findings)


def load_documents(root: Path, variables: Mapping[str, str], over: Path | None = None) -> Loaded:
    """The same with the documents kept, for further checks.

    `over`: a folder whose config/ is laid over that of the project.
    """
    layout = survey(root, over)
    reader = ProjectReader(layout, variables)
    bus = reader.bus()
    files: Files = {
        "routes": {name: reader.route(name, bus) for name in layout.routes},
        **{part: {name: reader.part(part, name, bus) for name in layout.parts[part]} for part in PARTS},
    }
    disabled = {kind: dict(_values(files[kind], enabled=False)) for kind in KINDS}
    settings = Settings(
        bus=bus,
        access=reader.access(),
        disabled={kind: tuple(named) for kind, named in disabled.items() if named},
        folder=root,
        own_files=reader.own_files(bus),
        **{kind: dict(_values(files[kind], enabled=True)) for kind in KINDS},
    )
    return Loaded(layout, settings, reader.documents, disabled, [*layout.findings, *reader.findings()])


def _values(files: Mapping[str, File], *, enabled: bool) -> Iterator[tuple[str, Any]]:
    """The values that could be understood."""
    for name, file in files.items():
        if file.value is not None and file.enabled is enabled:
            yield name, file.value
