"""What the console shows, and who may see it."""

from dataclasses import dataclass
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from lienthong.access.roles import Viewer
from lienthong.adapters.sql.acts import SqlReveals
from lienthong.adapters.sql.forms import SqlForms
from lienthong.console.job_runner import JobRunner
from lienthong.operations.figures import Place
from lienthong.operations.once import Forms
from lienthong.operations.reveal import RevealStore
from lienthong.runtime.composition import Storage
from lienthong.runtime.endpoints import Endpoints
from lienthong.runtime.project import Project


class Gate(Protocol):
    """Who visits, and whether a form comes from a page of the same viewer. Its methods may ask the database."""

    def viewer(self, request: Request) -> Viewer | None:
        """The person of the session; None without one."""

    def token(self, request: Request) -> str:
        """What every form of this session has to send as `token`."""

    def is_ours(self, request: Request, token: str) -> bool:
        """Whether a POST was made by a page of ours: by its token, and by where it comes from."""

    def end(self, request: Request, response: Response, *, everywhere: bool) -> None:
        """Log out: of this browser, or of all that the person uses."""


@dataclass(frozen=True, slots=True)
class ConsoleContext:
    """The bus as the console has it.

    - `jobs` runs what takes longer than a page may. `log_in`: where a caller without a session is sent.
    """

    storage: Storage
    endpoints: Endpoints
    project: Project
    jobs: JobRunner
    gate: Gate
    is_recording: bool = False
    log_in: str = "/console/log-in"

    @property
    def forms(self) -> Forms:
        """The forms that were sent, so that a second click is the same act."""
        return SqlForms(self.storage.database)

    @property
    def reveal_store(self) -> RevealStore:
        """What showing a masked field needs."""
        storage = self.storage
        return RevealStore(SqlReveals(storage.database), storage.ledger, storage.clock, storage.settings.access)

    @property
    def place(self) -> Place:
        """Where figures are taken."""
        storage = self.storage
        return Place(
            storage.settings,
            storage.database,
            storage.ledger,
            storage.status_board,
            storage.clock,
            broker=self.endpoints.broker,
            data=self.endpoints.data,
        )
