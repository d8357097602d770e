"""What an examination of the doctor looks at, and what it finds."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from lienthong.adapters.sql.database import Database
    from lienthong.configuration.load import Loaded
    from lienthong.operations.kept_check import Faults

HealthState = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Installation:
    """What is examined: a project, its variables, its data directory, and its servers by URL.

    `database` and `files` are empty for the embedded database and the folder in `data`; `broker` is `memory://` for the
    embedded broker. `began`: seconds since 1970; nothing of it was read before.
    What several examinations need is read once, when it is first asked for.
    """

    folder: Path
    variables: Mapping[str, str]
    data: Path
    broker: str
    database: str
    files: str = ""
    began: float = field(default_factory=time.time)

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.data / 'lienthong.db'}"

    @cached_property
    def loaded(self) -> "Loaded":
        """The configuration as it was read."""
        from lienthong.configuration.load import load_documents

        return load_documents(self.folder, self.variables)

    @cached_property
    def faults(self) -> "Faults":
        """How much is wrong with the configuration."""
        from lienthong.operations.kept_check import count_faults

        return count_faults(self.loaded, self.variables, self.data, began=self.began)

    @cached_property
    def ledger_database(self) -> "Database":
        """The database, opened for all examinations."""
        from lienthong.adapters.sql.database import open_database

        return open_database(self.database_url)

    def close(self) -> None:
        """Close the database, if it was opened."""
        if "ledger_database" in vars(self):
            self.ledger_database.dispose()

    @cached_property
    def has_board(self) -> bool:
        """Whether there is a database with today's tables; where not, the examination of the database states it."""
        from lienthong.adapters.sql.migrations.package import LEDGER
        from lienthong.adapters.sql.migrations.runner import read_states

        if not self.database and not (self.data / "lienthong.db").exists():
            return False
        return read_states(self.ledger_database, [LEDGER])[0].state == "current"


@dataclass(frozen=True, slots=True)
class HealthItem:
    """One thing that was examined: its state, what was found, and what to do where it is not well."""

    topic: str
    state: HealthState
    found: str
    advice: str = ""
