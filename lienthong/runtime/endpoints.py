"""Where the bus keeps its data, and which servers it uses."""

from dataclasses import dataclass
from pathlib import Path

EMBEDDED_BROKER = "memory://"

DATABASE_FILE = "lienthong.db"
"""The embedded database in the data directory."""

RECORDING_MARK = "recording"
"""The file that makes a data directory that of a recording; it has the path of the recording."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The data directory, and the URLs of servers that are used in place of the embedded broker and database."""

    data: Path
    broker: str = EMBEDDED_BROKER
    database: str = ""

    def database_url(self) -> str:
        """The URL of the database: the named server, else the embedded database in the data directory."""
        return self.database or f"sqlite:///{self.data / DATABASE_FILE}"
