"""The lookup of when sources were last read without an error: how old what the data store has of them may be."""

from collections.abc import Mapping, Sequence

from lienthong import Site, SourceName
from lienthong.adapters.sql import find_last_reads, open_reader


class LastReadings:
    """Finds when the source behind a name was last read to its end (ISO 8601, UTC). `sources`: by name, the source.

    What a source showed then is in the data store a moment later.
    """

    def __init__(self, site: Site, *, sources: Mapping[str, SourceName]) -> None:
        self._database = site.database
        self._sources = sources

    def find_many(self, keys: Sequence[str]) -> Mapping[str, str]:
        """By name, the moment. What was never read is absent. Raises `Transient` when the database does not answer."""
        asked = {key: self._sources[key] for key in keys if key in self._sources}
        with open_reader(self._database, "cơ sở dữ liệu không trả lời khi tra thời điểm đọc nguồn") as connection:
            read = find_last_reads(connection, asked.values())
        return {key: read[source].isoformat() for key, source in asked.items() if source in read}
