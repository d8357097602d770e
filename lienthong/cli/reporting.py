"""`lienthong report`: one report for one period."""

from contextlib import closing
from pathlib import Path

import typer

from lienthong.adapters.clock import SystemClock
from lienthong.cli import context
from lienthong.data.harmless import harmless
from lienthong.errors import Rejected
from lienthong.messages import message
from lienthong.operations.reports import ASKED, UNIT_CODE, write_reports
from lienthong.report import WHOLE, Scope
from lienthong.runtime.composition import open_storage
from lienthong.runtime.project import Project


def write_report(project: Project, name: str, *, period: str, folder: Path, scope: Scope = WHOLE) -> int:
    """Write one report into `folder` and name its files. The exit code is 1 when a file could not be made."""
    settings = project.settings()
    if name not in settings.reports:
        text = message("There is no report {name}; there are: {names}.", name=name, names=", ".join(settings.reports))
        context.fail(text, context.USAGE)
    if scope.unit is not None and not UNIT_CODE.fullmatch(scope.unit):
        context.fail(message("{unit!r} is not the code of a unit, such as H08.31.", unit=scope.unit), context.USAGE)
    with closing(open_storage(settings, project.where_a_ledger_is().endpoints, SystemClock())) as storage:
        try:
            reports = {name: storage.report(name)}
            written = write_reports(
                reports,
                settings.bus.formats,
                periods=[period],
                folder=folder,
                ledger=storage.ledger,
                scope=scope,
                with_parts=True,
            )
        except Rejected as error:
            if error.field not in ASKED:
                raise
            context.fail(str(error), context.USAGE)  # only the report knows what periods and units there are
    for path in written.paths:
        typer.echo(harmless(str(path)))
    for fault in written.faults:
        typer.echo(harmless(fault), err=True)
    return context.FAULT if written.faults else context.OK
