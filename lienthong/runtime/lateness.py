"""The report of a project that proves lateness, for the command line."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import cast

from lienthong.adapters.clock import SystemClock
from lienthong.configuration.resolve import resolve
from lienthong.errors import WrongUse
from lienthong.messages import message
from lienthong.ports.lateness import ProvesLateness
from lienthong.runtime.composition import Storage, open_storage
from lienthong.runtime.existing_storage import require_ledger
from lienthong.runtime.project import Project


@contextmanager
def open_lateness(project: Project) -> Iterator[ProvesLateness]:
    """The report of a project that proves lateness, over the database that is there.

    Raises `WrongUse` for a project that has none, `NoLedger`, and `Misconfigured` with every error.
    """
    endpoints = require_ledger(project)
    with closing(open_storage(project.settings(), endpoints, SystemClock())) as storage:
        yield _prover(storage)


def _prover(storage: Storage) -> ProvesLateness:
    for name, report in storage.settings.reports.items():
        if hasattr(resolve(report.use), "lateness"):
            return cast("ProvesLateness", storage.report(name))
    raise WrongUse(message("this project proves no lateness: none of its reports has a method `lateness`"))
