"""`lienthong check`: everything that can be known to be wrong before anything runs."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from lienthong.configuration.check_addresses import check_addresses
from lienthong.configuration.check_calendars import check_calendars
from lienthong.configuration.check_cases import check_cases
from lienthong.configuration.check_contracts import check_contracts
from lienthong.configuration.check_links import check_links, unused_tables
from lienthong.configuration.check_names import NotedTables, check_names
from lienthong.configuration.check_requests import check_requests
from lienthong.configuration.codes import CODES
from lienthong.configuration.layout import CAN_BE_DISABLED
from lienthong.configuration.load import Loaded, load_documents
from lienthong.configuration.written_addresses import LESS_EXACT
from lienthong.errors import Finding
from lienthong.settings import Settings


def check(root: Path, variables: Mapping[str, str]) -> list[Finding]:
    """Every fault of the configuration under `root`, by file and line; paths are relative to `root`.

    It raises nothing whatever the files contain. Nothing is run, but the modules that are named are imported.
    """
    return examine(root, variables)[1]


def examine(root: Path, variables: Mapping[str, str], over: Path | None = None) -> tuple[Settings, list[Finding]]:
    """What `check` finds, with the settings: the bus can start from them when there is no error.

    `over`: a folder whose config/ is laid over that of the project.
    """
    loaded = load_documents(root, variables, over)
    return loaded.settings, examine_loaded(loaded, variables)


def examine_loaded(loaded: Loaded, variables: Mapping[str, str]) -> list[Finding]:
    """What `check` finds in files that were read."""
    tables = NotedTables(loaded)
    names = [*check_names(loaded, tables), *check_calendars(loaded)]
    addresses = check_addresses(loaded, variables)
    links = [*check_links(loaded), *check_requests(loaded)]
    contracts = check_contracts(loaded.layout.root, loaded.settings)
    findings = {*loaded.findings, *names, *addresses, *links, *check_cases(loaded), *contracts}
    if not names and _all_understood(loaded):
        findings |= set(unused_tables(loaded, tables.used))
    return sorted(_without_consequences(findings))


def _without_consequences(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, apart from those of a line where a value could not be read: that it is then missing is no news."""
    findings = list(findings)
    unread = {(finding.file, finding.line) for finding in findings if CODES[finding.code].unreadable}
    exact = {(finding.file, finding.line) for finding in findings if finding.code not in LESS_EXACT}
    for finding in findings:
        place = (finding.file, finding.line)
        if finding.code in LESS_EXACT and finding.line and place in exact:
            continue
        if finding.code < "LT200" or place not in unread:
            yield finding


def _all_understood(loaded: Loaded) -> bool:
    """Whether every file that might name a table could be read."""
    layout = loaded.layout
    return 0 < len(loaded.understood("routes")) == len(layout.routes) and all(
        len(loaded.understood(part)) == len(layout.parts[part]) for part in CAN_BE_DISABLED
    )
