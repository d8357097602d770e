"""The source of documents whose signatures are to be judged again: their time has come, or other CRLs are there."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy import Select, select, tuple_

from lienthong import Cursor, Page, Record, Site
from lienthong.adapters.sql import open_reader
from store.documents.tables import documents, versions
from store.instants import format_instant

TYPE = "document.recheck"

_PAGE = 500
_OF_VERSION = ("document_id", "version", "digest", "media_type", "recheck_after")
_OF_DOCUMENT = ("document_type", "result_code", "kind")


class DueRechecks:
    """Shows every version whose verdict states `recheck_after`, once that moment is past.

    - `trust` is the folder of roots, intermediates and CRLs. When its files change, all versions that could not be
      judged are shown at once: the CRL or the authority that was missing may be among them. The cursor has the digest
      of the folder (`trust`).
    - A record states which verdict it is about (`recheck_after`, `trust`), so each is received once, in any number of
      processes, and a verdict that asks for another look has a record of its own. It names no person.
    """

    def __init__(self, site: Site, *, trust: str = "") -> None:
        self._database = site.database
        self._clock = site.clock
        self._trust = Path(trust) if trust else None

    def poll(self, cursor: Cursor) -> Iterable[Page]:
        """The versions that are due, in the order of their documents. Raises `Transient` without the database."""
        state = _digest_of(self._trust)
        is_other = cursor.get("trust") not in (None, state)
        until = None if is_other else format_instant(self._clock.now())
        after: tuple[str, int] | None = None
        while records := self._due(until, after, state):
            last = records[-1].body
            after = (last["document_id"], last["version"])
            yield Page(records, cursor)
        yield Page([], {"trust": state})

    def _due(self, until: str | None, after: tuple[str, int] | None, state: str) -> list[Record]:
        # Another folder may also have the authority that was missing, of which no verdict can state when it comes.
        unclear = versions.c.indication == "INDETERMINATE"
        query = _in_order().where(unclear if until is None else versions.c.recheck_after <= until)
        if after is not None:
            query = query.where(tuple_(versions.c.document_id, versions.c.version) > tuple_(*after))
        with open_reader(self._database, "kho giấy tờ không trả lời") as connection:
            rows = [dict(row._mapping) for row in connection.execute(query)]
        return [Record(TYPE, f"{row['document_id']}/{row['version']}", {**row, "trust": state}) for row in rows]


def _in_order() -> Select[tuple[object, ...]]:
    return (
        select(*(versions.c[name] for name in _OF_VERSION), *(documents.c[name] for name in _OF_DOCUMENT))
        .join(documents, documents.c.document_id == versions.c.document_id)
        .order_by(versions.c.document_id, versions.c.version)
        .limit(_PAGE)
    )


def _digest_of(folder: Path | None) -> str:
    """A digest of the names, sizes and times of the files in a folder; "" without one."""
    if folder is None or not folder.is_dir():
        return ""
    files = sorted(_files(folder))
    return hashlib.sha256("\n".join(files).encode()).hexdigest()[:16]


def _files(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file():
            found = path.stat()
            yield f"{path.relative_to(folder)} {found.st_size} {found.st_mtime_ns}"
