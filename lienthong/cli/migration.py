"""`lienthong migrate`, and the lines of `lienthong doctor` on the tables."""

from typing import Literal

from rich.console import Console

from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.migrations.package import SchemaState
from lienthong.adapters.sql.migrations.runner import Upgrade, upgrade
from lienthong.configuration.load import load
from lienthong.errors import Misconfigured
from lienthong.messages import Message, message
from lienthong.runtime.migrations import migration_packages
from lienthong.runtime.project import Project
from lienthong.settings import BusSettings


def migrate(project: Project, console: Console) -> None:
    """Create or upgrade the tables of the ledger and of the project, and print what was done."""
    packages = migration_packages(bus_settings(project))
    project.data.mkdir(parents=True, exist_ok=True)
    database = open_database(project.endpoints.database_url())
    try:
        for done in upgrade(database, packages):
            console.print(_sentence(done), highlight=False)
    finally:
        database.dispose()


def _sentence(done: Upgrade) -> Message:
    if done.before == done.after:
        return message("{package}: up to date (step {after}).", package=done.package.title, after=done.after)
    if done.before is None:
        return message("{package}: tables are ready (step {after}).", package=done.package.title, after=done.after)
    return message(
        "{package}: upgraded from step {before} to step {after}.",
        package=done.package.title,
        before=done.before,
        after=done.after,
    )


def describe(state: SchemaState, *, embedded: bool) -> tuple[Literal["ok", "warn", "fail"], Message, Message | str]:
    """A line of `lienthong doctor`: whether the tables are those this version needs, and what to do if not."""
    package, recorded = state.package.title, state.recorded or message("none")
    found = message(
        "{package}: recorded step {recorded}, needed {newest}",
        package=package,
        recorded=recorded,
        newest=state.package.newest,
    )
    if state.state == "current":
        return "ok", message("{package}: up to date (step {after}).", package=package, after=recorded), ""
    if state.state == "newer":
        return "fail", found, message("install the version that changed the tables; this one is older")
    if embedded:
        return "warn", found, message("nothing: the next command upgrades the embedded database")
    return "fail", found, message("run `lienthong migrate` with the account that owns the tables")


def bus_settings(project: Project) -> BusSettings:
    """The content of `config/bus.yaml`. Faults of other files, such as variables that are not set, do not matter here.

    Raises `Misconfigured`.
    """
    settings, findings = load(project.folder, project.variables)
    faults = [
        finding
        for finding in findings
        if finding.level == "error" and finding.file.startswith(("config/bus.", "config/env"))
    ]
    if faults:
        raise Misconfigured(faults)
    return settings.bus
