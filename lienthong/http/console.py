"""The console of a process that serves: its pages, over its ledger, behind log-ins of persons."""

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp

from lienthong.adapters.sql.jobs import SqlJobs
from lienthong.adapters.sql.persons import SqlPersons, SqlSessions
from lienthong.console.app import make_console
from lienthong.console.context import ConsoleContext
from lienthong.console.gate import SessionGate
from lienthong.console.job_runner import JobRunner
from lienthong.console.log_in import log_in_routes
from lienthong.http.service import Service
from lienthong.operations.persons import PersonStore
from lienthong.runtime.project import Project


@contextmanager
def open_console(service: Service, project: Project) -> Iterator[ASGIApp]:
    """The application to mount. Its jobs are asked to end with the block."""
    storage = service.storage
    persons = PersonStore(SqlPersons(storage.database), SqlSessions(storage.database), storage.ledger, storage.clock)
    gate = SessionGate(persons, storage.settings.access, service.caller_address.find)
    jobs = JobRunner(SqlJobs(storage.database), storage.clock)
    context = ConsoleContext(storage, service.endpoints, project, jobs, gate, is_recording=service.is_recording)
    try:
        yield make_console(context, log_in_routes(context, gate))
    finally:
        jobs.close()
