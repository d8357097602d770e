"""What an examination of the doctor looks at, and what it finds."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

HealthState = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Installation:
    """What is examined: a project, its variables, its data directory, and its servers by URL.

    `database` is empty for the embedded database in `data`; `broker` is `memory://` for the embedded broker.
    """

    folder: Path
    variables: Mapping[str, str]
    data: Path
    broker: str
    database: str

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.data / 'lienthong.db'}"


@dataclass(frozen=True, slots=True)
class HealthItem:
    """One thing that was examined: its state, what was found, and what to do where it is not well."""

    topic: str
    state: HealthState
    found: str
    advice: str = ""
