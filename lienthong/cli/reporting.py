"""Writing reports: every configured report for every period, in every configured format."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import typer

from lienthong.adapters.clock import SystemClock
from lienthong.cli import context
from lienthong.configuration.resolve import resolve
from lienthong.errors import Rejected
from lienthong.report import Render
from lienthong.runtime.composition import Storage, open_storage
from lienthong.runtime.project import Project


def report(project: Project, name: str, period: str, out: Path) -> None:
    """Write one report and name its files."""
    settings = project.settings()
    if name not in settings.reports:
        context.fail(f"Không có báo cáo {name}; có: {', '.join(settings.reports)}.", context.USAGE)
    storage = open_storage(settings, project.endpoints, SystemClock())
    try:
        for path in write_reports(storage, [period], out, [name]):
            typer.echo(str(path))
    except Rejected as refused:
        if refused.field != "period":
            raise
        context.fail(str(refused), context.USAGE)  # only the report knows what a period is
    finally:
        storage.close()


def write_reports(storage: Storage, periods: Iterable[str], out: Path, names: Sequence[str] = ()) -> list[Path]:
    """Write `<name>-<period>.<format>` into `out` and return the paths. All reports when none are named."""
    renders: dict[str, Render] = {suffix: resolve(name) for suffix, name in storage.settings.bus.formats.items()}  # type: ignore[misc]  # checked by `lienthong check`
    written = []
    for name in names or storage.settings.reports:
        report = storage.report(name)
        for period in periods:
            document = report.build(period)
            out.mkdir(parents=True, exist_ok=True)
            for suffix, render in renders.items():
                path = out / f"{name}-{period}.{suffix}"
                _replace(path, render(document))
                written.append(path)
    return written


def _replace(path: Path, content: bytes) -> None:
    """At once or not at all: a run killed here leaves the old report, never half of a new one."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)
