"""The sink that keeps a project's deadlines, for the command line."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from lienthong.adapters.clock import SystemClock
from lienthong.configuration.resolve import make_part, sinks_with
from lienthong.errors import WrongUse
from lienthong.messages import message
from lienthong.ports.deadlines import KeepsDeadlines
from lienthong.runtime.composition import Storage, open_storage
from lienthong.runtime.existing_storage import require_ledger
from lienthong.runtime.project import Project


@contextmanager
def open_deadlines(project: Project) -> Iterator[KeepsDeadlines]:
    """The sink of a project that keeps deadlines, over the database that is there.

    Raises `WrongUse` for a project that keeps none, `NoLedger`, and `Misconfigured` with every error.
    """
    endpoints = require_ledger(project)
    with closing(open_storage(project.settings(), endpoints, SystemClock())) as storage:
        keeper = keeper_of(storage)
        if keeper is None:
            raise WrongUse(message("this project keeps no deadlines: none of its sinks has a method `deadlines`"))
        yield keeper


def keeper_of(storage: Storage) -> KeepsDeadlines | None:
    """The sink of an open storage that keeps deadlines, if there is one."""
    for sink in sinks_with("deadlines", storage.settings):
        keeper: KeepsDeadlines = make_part(sink, storage.settings, storage.site)
        return keeper
    return None
