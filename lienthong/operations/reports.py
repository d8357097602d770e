"""Reports: each configured report for each period, in each configured format."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from lienthong.configuration.resolve import resolve
from lienthong.report import Render, Report


def write_reports(
    reports: Mapping[str, Report], formats: Mapping[str, str], *, periods: Iterable[str], folder: Path
) -> list[Path]:
    """Write `<name>-<period>.<format>` into `folder` and return the paths.

    `formats` gives, by file ending, the whole name of the function that renders a document; a period is YYYY-MM.
    Raises what a report raises, before anything is written: `Rejected` of the field `period` for one it does not know.
    """
    renders: dict[str, Render] = {suffix: resolve(name) for suffix, name in formats.items()}  # type: ignore[misc]  # checked by `lienthong check`
    written = []
    for name, report in reports.items():
        for period in periods:
            document = report.build(period)
            folder.mkdir(parents=True, exist_ok=True)
            for suffix, render in renders.items():
                path = folder / f"{name}-{period}.{suffix}"
                _replace(path, render(document))
                written.append(path)
    return written


def _replace(path: Path, content: bytes) -> None:
    """Write the whole file or nothing: a run that is killed here leaves the old report, never half of a new one."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)
