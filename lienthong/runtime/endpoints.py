"""Where the bus keeps its data, and which servers it uses."""

from dataclasses import dataclass
from pathlib import Path

from lienthong.adapters.private_files import make_private_file, make_private_folder

EMBEDDED_BROKER = "memory://"

DATABASE_FILE = "lienthong.db"
"""The embedded database in the data directory."""

RECORDING_MARK = "recording"
"""The file that makes a data directory that of a recording; it has the path of the recording."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The data directory, and the URLs of servers that are used in place of the embedded broker, database and files."""

    data: Path
    broker: str = EMBEDDED_BROKER
    database: str = ""
    files: str = ""

    def make_private(self) -> None:
        """Make the data directory and, where it is embedded, the file of the database; other accounts read neither."""
        make_private_folder(self.data)
        if not self.database:
            make_private_file(self.data / DATABASE_FILE)

    def database_url(self) -> str:
        """The URL of the database: the named server, else the embedded database in the data directory."""
        return self.database or f"sqlite:///{self.data / DATABASE_FILE}"
