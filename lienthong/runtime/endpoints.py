"""Where the bus keeps things."""

from dataclasses import dataclass
from pathlib import Path

EMBEDDED_BROKER = "memory://"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The data directory, and servers by URL where they are wanted instead of what is embedded."""

    data: Path
    broker: str = EMBEDDED_BROKER
    database: str = ""

    def database_url(self) -> str:
        """The named server, or the embedded database of the data directory."""
        return self.database or f"sqlite:///{self.data / 'lienthong.db'}"
