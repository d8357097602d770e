"""Which files the configuration consists of, and which do not belong where they lie."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lienthong.errors import Finding

PARTS = ("sources", "sinks", "lookups", "reports", "tables")
_KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_YAML = (".yaml", ".yml")
_CASES = ".cases"


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of one project, by the name each stands for."""

    root: Path
    routes: dict[str, Path]
    cases: dict[str, Path]
    parts: dict[str, dict[str, Path]]
    environments: dict[str, Path]
    findings: list[Finding]

    def shown(self, path: Path) -> str:
        """`path` as findings name it: relative to the root."""
        return path.relative_to(self.root).as_posix()


def survey(root: Path) -> Layout:
    """Look through routes/ and config/ under `root`. Nothing is opened yet."""
    layout = Layout(root, {}, {}, {}, {}, [])
    for path in _entries(layout, root / "routes"):
        kind = layout.cases if path.stem.endswith(_CASES) else layout.routes
        _name(layout, kind, path, path.stem.removesuffix(_CASES))
    for part in PARTS:
        named = layout.parts[part] = {}
        for path in _entries(layout, root / "config" / part):
            _name(layout, named, path, path.stem)
    for path in _entries(layout, root / "config" / "env"):
        _name(layout, layout.environments, path, path.stem)
    _strangers(layout)
    if not layout.routes:
        _say(layout, root / "routes", "LT611", "there is no route here", "write routes/NAME.yaml, or check the root")
    return layout


def _say(layout: Layout, path: Path, code: str, what: str, advice: str) -> None:
    layout.findings.append(Finding(layout.shown(path), 1, 1, code, what, advice))


def _entries(layout: Layout, folder: Path) -> Iterator[Path]:
    """The YAML files of `folder` by name; everything else is a finding. Hidden files and `*.example` are not ours."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "__")) or path.name.endswith(("~", ".example")):
            continue
        if path.suffix in _YAML:
            yield path
        else:
            advice = "this folder holds YAML files only: move it, or name it *.yaml"
            _say(layout, path, "LT210", f"`{path.name}` does not belong here", advice)


def _name(layout: Layout, known: dict[str, Path], path: Path, name: str) -> None:
    if not _KEBAB.fullmatch(name):
        words = re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()).strip("-")
        ending = path.name[len(name) :]
        advice = f"rename it to {words or 'some-name'}{ending}"
        _say(layout, path, "LT209", f"the name `{name}` is not kebab-case", advice)
    if name in known:
        what = f"`{name}` is also the name of {layout.shown(known[name])}"
        _say(layout, path, "LT211", what, "keep one of the two files")
        return
    known[name] = path


def _strangers(layout: Layout) -> None:
    """Python anywhere among the data, and folders of config/ that look like a slip of the pen."""
    config = layout.root / "config"
    rooms = (layout.root / "routes", config)
    direct = {layout.root / "routes", config / "env", *(config / part for part in PARTS)}
    for room in rooms:
        for path in sorted(room.rglob("*.py")):
            if path.parent not in direct:
                _say(
                    layout,
                    path,
                    "LT210",
                    f"`{path.name}` is Python among data",
                    "move it to connectors/ or transforms/",
                )
    for folder in sorted(config.iterdir()) if config.is_dir() else ():
        meant = difflib.get_close_matches(folder.name, [*PARTS, "env", "bus.yaml"], 1, 0.7)
        if meant and folder.name not in meant:
            _say(layout, folder, "LT210", f"nothing reads config/{folder.name}", f"did you mean config/{meant[0]}?")
