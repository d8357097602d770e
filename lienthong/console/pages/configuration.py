"""The configuration that this process runs with, and what the check states of the files as they are now."""

from starlette.responses import Response

from lienthong import __version__
from lienthong.configuration.check import examine
from lienthong.console.rendering import render
from lienthong.console.visit import Visit
from lienthong.operations.figures import configuration_hash

KINDS = ("routes", "sources", "inboxes", "requests", "schedules", "sinks", "lookups", "reports", "tables", "calendars")


def show(visit: Visit) -> Response:
    """Counts by kind, what is disabled, and every finding."""
    project, settings = visit.context.project, visit.settings
    _, findings = examine(project.folder, project.variables)
    return render(
        visit,
        "configuration.html",
        version=__version__,
        hash=configuration_hash(project.folder),
        environment=project.variables.get("LIENTHONG_ENV", ""),
        counts=[(kind, len(getattr(settings, kind)), settings.disabled.get(kind, ())) for kind in KINDS],
        findings=findings,
    )
