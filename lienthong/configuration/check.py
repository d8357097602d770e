"""`lienthong check`: everything that can be known to be wrong before anything runs."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from lienthong.configuration.check_links import check_cases, check_links, unused_tables
from lienthong.configuration.check_names import NotedTables, check_names
from lienthong.configuration.load import Loaded, load_documents
from lienthong.errors import Finding
from lienthong.settings import Settings


def check(root: Path, variables: Mapping[str, str]) -> list[Finding]:
    """Every fault of the configuration under `root`, by file and line; paths are relative to `root`.

    It raises nothing whatever the files hold. Nothing is run, but the modules that are named are imported.
    """
    return examine(root, variables)[1]


def examine(root: Path, variables: Mapping[str, str]) -> tuple[Settings, list[Finding]]:
    """What `check` finds, with the settings it found them in: to start from, when there is no error."""
    loaded = load_documents(root, variables)
    tables = NotedTables(loaded)
    named = list(check_names(loaded, tables))
    findings = {*loaded.findings, *named, *check_links(loaded), *check_cases(loaded)}
    if not named and _all_understood(loaded):
        findings |= set(unused_tables(loaded, tables.used))
    return loaded.settings, sorted(_without_echoes(findings))


UNREADABLE = frozenset({"LT101", "LT108", "LT109", "LT113", "LT114"})


def _without_echoes(findings: Iterable[Finding]) -> Iterator[Finding]:
    """What cannot be read is told once: that a value is then missing in the same line is no news."""
    found = list(findings)
    unread = {(finding.file, finding.line) for finding in found if finding.code in UNREADABLE}
    for finding in found:
        if finding.code < "LT200" or (finding.file, finding.line) not in unread:
            yield finding


def _all_understood(loaded: Loaded) -> bool:
    """Whether every file that might name a table could be read."""
    layout, settings = loaded.layout, loaded.settings
    parts = ("sources", "sinks", "lookups", "reports")
    return 0 < len(settings.routes) == len(layout.routes) and all(
        len(getattr(settings, part)) == len(layout.parts[part]) for part in parts
    )
