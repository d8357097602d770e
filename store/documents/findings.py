"""What look-ups of the national store have listed, so that nothing else is fetched from there."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select, tuple_

from lienthong import Site
from lienthong.adapters.sql import open_reader
from store.documents.additions import insert_new
from store.documents.happenings import note_reading
from store.documents.sealing import Entry, stamp, stamp_again
from store.documents.tables import findings
from store.instants import format_instant

_KEY = ("client", "identity", "result_code", "agency", "path")


class NationalFindings:
    """Finds when a file was listed last: a key is `CLIENT|CITIZEN|CODE|AGENCY|PATH`, found is the moment."""

    def __init__(self, site: Site) -> None:
        self._database = site.database

    def find_many(self, keys: Sequence[str]) -> Mapping[str, str]:
        """For all keys together. Raises `Transient` when the database does not answer."""
        columns = [findings.c[name] for name in _KEY]
        query = select(*columns, findings.c.found_at).where(tuple_(*columns).in_([_parts(key) for key in keys]))
        with open_reader(self._database, "kho giấy tờ không trả lời") as connection:
            rows = connection.execute(query).all() if keys else ()
        return {"|".join(row[:-1]): row.found_at for row in rows}


def note_findings(connection: Connection, entry: Entry) -> dict[str, Any]:
    """Keep who looked, as every reading, and which files were listed."""
    moment = format_instant(entry["at"])
    for file in entry["files"]:
        key = {"client": entry["client"] or "", "identity": entry["citizen_id"], **file}
        values = {"found_at": moment, "event_id": entry["event_id"]}
        if not insert_new(connection, findings, {**key, **values, **stamp(entry)}):
            of_file = [findings.c[name] == value for name, value in key.items()]
            later = findings.update().where(*of_file, findings.c.found_at < moment)
            connection.execute(later.values(**values, **stamp_again(findings, entry)))
    return note_reading(connection, entry)


def _parts(key: str) -> tuple[str, ...]:
    """The parts of a key; the path comes last and may have a bar."""
    return tuple(key.split("|", len(_KEY) - 1))
