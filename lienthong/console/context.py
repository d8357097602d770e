"""What the console shows, and who may see it."""

from dataclasses import dataclass
from typing import Protocol

from starlette.requests import Request

from lienthong.access.roles import Viewer
from lienthong.console.job_runner import JobRunner
from lienthong.operations.figures import Place
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
