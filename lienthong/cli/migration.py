"""`lienthong migrate`: create or upgrade the tables."""

from rich.console import Console

from lienthong.adapters.sql.migrations.runner import Upgrade
from lienthong.cli.output import print_text
from lienthong.messages import Message, message
from lienthong.operations.migrations import bus_settings, migration_packages, upgrade_tables
from lienthong.runtime.project import Project, refuse_insecure_servers


def migrate(project: Project, console: Console) -> None:
    """Create or upgrade the tables of the ledger and of the project, and print what was done."""
    packages = migration_packages(bus_settings(project.folder, project.variables))
    endpoints = project.endpoints
    refuse_insecure_servers(project, endpoints)
    endpoints.make_private()
    for done in upgrade_tables(endpoints.database_url(), packages):
        print_text(console, _sentence(done))


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
