"""Which files the configuration consists of, and which do not belong where they are."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lienthong.configuration.faults import Fault
from lienthong.errors import Finding
from lienthong.messages import message

PARTS = ("sources", "inboxes", "requests", "schedules", "sinks", "lookups", "reports", "tables", "calendars")
"""The folders of config/ whose files have names."""

CAN_BE_DISABLED = ("sources", "inboxes", "requests", "schedules", "sinks", "lookups", "reports")
"""Those whose files may have `enabled: false`."""

_KEBAB_CASE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_YAML = (".yaml", ".yml")
_ENDINGS = (".yaml", ".json")
_CASES = ".cases"


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of one project, by the name of each. `over`: a folder whose config/ is laid over that of `root`."""

    root: Path
    over: Path | None = None
    routes: dict[str, Path] = field(default_factory=dict)
    cases: dict[str, Path] = field(default_factory=dict)
    parts: dict[str, dict[str, Path]] = field(default_factory=dict)
    environments: dict[str, Path] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def relative(self, path: Path) -> str:
        """`path` as findings name it: relative to the root."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    def settings_file(self, name: str) -> Path:
        """The file config/`name`.yaml; the one laid over it may be JSON, which is YAML."""
        laid_over = [self.over / "config" / f"{name}{ending}" for ending in _ENDINGS] if self.over else []
        return next((path for path in laid_over if path.is_file()), self.root / "config" / f"{name}.yaml")

    def settings_folder(self, name: str) -> dict[str, Path]:
        """The files of config/`name`/ by their names, sorted; one laid over another one replaces it."""
        folders = [self.root / "config" / name, *([self.over / "config" / name] if self.over else [])]
        return dict(sorted((path.stem, path) for folder in folders for path in _entries(self, folder)))

    def report(self, path: Path, fault: Fault) -> None:
        """Add a fault of the file at `path` to the findings."""
        self.findings.append(fault.at(self.relative(path)))


def survey(root: Path, over: Path | None = None) -> Layout:
    """Look through routes/ and config/ under `root`. No file is opened yet.

    A file of config/ in `over` replaces the one of the same name, or comes in addition.
    """
    layout = Layout(root, over)
    for path in _entries(layout, root / "routes"):
        kind = layout.cases if path.stem.endswith(_CASES) else layout.routes
        _add(layout, kind, path, path.stem.removesuffix(_CASES))
    for part in PARTS:
        named = layout.parts[part] = {}
        for path in _entries(layout, root / "config" / part):
            _add(layout, named, path, path.stem)
        for path in _entries(layout, over / "config" / part) if over else ():
            named[path.stem] = path
    for path in _entries(layout, root / "config" / "env"):
        _add(layout, layout.environments, path, path.stem)
    _report_misplaced(layout)
    if not layout.routes:
        layout.report(root / "routes", Fault("LT611", message("there is no route here")))
    return layout


def _entries(layout: Layout, folder: Path) -> Iterator[Path]:
    """The YAML files of `folder` by name. Hidden files and `*.example` are passed over; others are findings."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "__")) or path.name.endswith(("~", ".example")):
            continue
        if path.suffix in _YAML:
            yield path
        else:
            advice = message("this folder holds YAML files only: move it, or name it *.yaml")
            layout.report(path, Fault("LT210", message("`{name}` does not belong here", name=path.name), advice))


def _add(layout: Layout, known: dict[str, Path], path: Path, name: str) -> None:
    if not _KEBAB_CASE.fullmatch(name):
        words = re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()).strip("-")
        advice = message("rename it to {name}{ending}", name=words or "new-name", ending=path.name[len(name) :])
        layout.report(path, Fault("LT209", message("the name `{name}` is not kebab-case", name=name), advice))
    if name in known:
        other = layout.relative(known[name])
        layout.report(path, Fault("LT211", message("`{name}` is also the name of {file}", name=name, file=other)))
        return
    known[name] = path


def _report_misplaced(layout: Layout) -> None:
    """Python among the data, and folders of config/ whose names look misspelt."""
    config = layout.root / "config"
    folders_of_yaml = {layout.root / "routes", config / "env", *(config / part for part in PARTS)}
    for room in (layout.root / "routes", config):
        for path in sorted(room.rglob("*.py")):
            if path.parent not in folders_of_yaml:  # in these, it is already a finding
                what = message("`{name}` is Python among data", name=path.name)
                layout.report(path, Fault("LT210", what, message("move it to connectors/ or transforms/")))
    for folder in sorted(config.iterdir()) if config.is_dir() else ():
        meant = difflib.get_close_matches(folder.name, [*PARTS, "env", "bus.yaml", "access.yaml"], 1, 0.7)
        if meant and folder.name not in meant:
            what = message("the engine does not read config/{folder}", folder=folder.name)
            advice = message("did you mean config/{folder}?", folder=meant[0])
            layout.report(folder, Fault("LT210", what, advice))
