"""`lienthong report`: one report for one period."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import typer

from lienthong.adapters.clock import SystemClock
from lienthong.cli import context
from lienthong.data.harmless import harmless
from lienthong.errors import Rejected
from lienthong.messages import message
from lienthong.operations.reports import ASKED, UNIT_CODE, write_reports
from lienthong.ports import Ledger
from lienthong.report import WHOLE, Report, Scope
from lienthong.runtime.composition import open_storage
from lienthong.runtime.project import Project
from lienthong.settings import Settings


class AskedReport(NamedTuple):
    """A report, and what it is made with."""

    report: Report
    settings: Settings
    ledger: Ledger


@contextmanager
def asked_report(project: Project, name: str, scope: Scope) -> Iterator[AskedReport]:
    """The report with this name. What is wrong with the question ends the command with exit code 2."""
    settings = project.settings()
    if name not in settings.reports:
        text = message("There is no report {name}; there are: {names}.", name=name, names=", ".join(settings.reports))
        context.fail(text, context.USAGE)
    if scope.unit is not None and not UNIT_CODE.fullmatch(scope.unit):
        context.fail(message("{unit!r} is not the code of a unit, such as H08.31.", unit=scope.unit), context.USAGE)
    with closing(open_storage(settings, project.where_a_ledger_is().endpoints, SystemClock())) as storage:
        try:
            yield AskedReport(storage.report(name), settings, storage.ledger)
        except Rejected as error:
            if error.field not in ASKED:
                raise
            context.fail(str(error), context.USAGE)  # only the report knows what periods and units there are


def write_report(
    project: Project, name: str, *, period: str, folder: Path, scope: Scope = WHOLE, with_proof: bool = False
) -> int:
    """Write one report into `folder` and name its files. The exit code is 1 when a file could not be made."""
    with asked_report(project, name, scope) as (report, settings, ledger):
        written = write_reports(
            {name: report},
            settings.bus.formats,
            periods=[period],
            folder=folder,
            ledger=ledger,
            scope=scope,
            with_parts=True,
            with_proof=with_proof,
        )
    for path in written.paths:
        typer.echo(harmless(str(path)))
    for fault in written.faults:
        typer.echo(harmless(fault), err=True)
    return context.FAULT if written.faults else context.OK
