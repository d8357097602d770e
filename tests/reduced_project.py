"""This repository's project, reduced to some of its routes and what these name."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import yaml

from lienthong.route import DOORS
from tests.command_line import ROOT


def copy_routes(folder: Path, *names: str) -> Path:
    """Copy the routes, their cases, origins, lookups and sinks, tables, calendars and bus.yaml. Returns `folder`."""
    for part in ("tables", "calendars"):
        shutil.copytree(ROOT / "config" / part, folder / "config" / part)
    for file in {*_settings(), *(file for name in names for file in _files(name))}:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, folder / file)
    return folder


def _settings() -> Iterator[Path]:
    """bus.yaml, and the files that its `settings` name."""
    return (file.relative_to(ROOT) for file in (ROOT / "config").glob("*.yaml"))


def _files(name: str) -> Iterator[Path]:
    yield Path(f"routes/{name}.yaml")
    yield Path(f"routes/{name}.cases.yaml")
    route = yaml.safe_load((ROOT / "routes" / f"{name}.yaml").read_text(encoding="utf-8"))
    origin = route["from"] if isinstance(route["from"], dict) else {"source": route["from"]}
    for door, origin_name in origin.items():
        yield Path(f"config/{DOORS[door]}/{origin_name}.yaml")
    for step in route.get("steps", ()):
        if "from" in step:
            yield Path(f"config/lookups/{step['from']}.yaml")
    for target in route["to"]:
        yield Path(f"config/sinks/{target if isinstance(target, str) else target['sink']}.yaml")
