"""The source of documents whose signatures are to be judged again: their time has come, or the trust folder changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, select, true, tuple_

from lienthong import Cursor, Page, Record, Site, Transient
from lienthong.adapters.sql import format_keys, open_reader, with_any_key
from store.documents.tables import certificates, documents, versions
from store.documents.trust_changes import Trust
from store.instants import format_instant

TYPE = "document.recheck"

_PAGE = 500
_OF_VERSION = ("document_id", "version", "digest", "media_type", "recheck_after", "judged_at", "added_at")
_OF_DOCUMENT = ("document_type", "result_code", "kind")
_WHAT = "kho giấy tờ không trả lời"


class DueRechecks:
    """Shows every version whose verdict may be another one now. `trust` is the folder of roots, authorities and lists.

    - Once its moment `recheck_after` is past.
    - When any file of the folder changes, all versions that could not be judged: the list or the authority that was
      missing may be among them; and the accepted ones that a new list names as revoked before they were added.
    - When the policy or a root changes, all versions.

    The cursor has what the folder was (`store.documents.trust_changes`). A record states which verdict it is about
    (`judged_at`) and under what (`trust`), so each is received once, in any number of processes, and a later verdict
    has a record of its own. It names no person.
    """

    def __init__(self, site: Site, *, trust: str = "") -> None:
        self._database = site.database
        self._clock = site.clock
        self._folder = Path(trust) if trust else None

    def poll(self, cursor: Cursor) -> Iterable[Page]:
        """The versions that are due. Raises `Transient` without the database, and while files of the folder go."""
        try:
            trust = Trust.of(self._folder)
            revoked = trust.revoked_since(cursor) if trust.is_other(cursor) else {}
        except OSError as error:
            raise Transient(f"thư mục tin cậy đang thay đổi: {error.strerror}") from None
        for rows in self._due(cursor, trust, revoked):
            yield Page([_record(row, trust.state) for row in rows], cursor)
        yield Page([], trust.cursor)

    def _due(self, cursor: Cursor, trust: Trust, revoked: Mapping[str, datetime]) -> Iterator[Sequence[Row[Any]]]:
        if trust.rules_otherwise(cursor):
            yield from self._pages(true())
            return
        if trust.is_other(cursor):
            yield from self._pages(versions.c.indication == "INDETERMINATE")
        yield from self._pages(versions.c.recheck_after <= format_instant(self._clock.now()))
        yield from self._revoked(revoked)

    def _pages(self, condition: ColumnElement[bool]) -> Iterator[Sequence[Row[Any]]]:
        query = _versions().where(condition).order_by(versions.c.document_id, versions.c.version).limit(_PAGE)
        page = query
        while rows := self._read(page):
            yield rows
            last = tuple_(rows[-1].document_id, rows[-1].version)
            page = query.where(tuple_(versions.c.document_id, versions.c.version) > last)

    def _revoked(self, revoked: Mapping[str, datetime]) -> Iterator[Sequence[Row[Any]]]:
        """The accepted versions that stand on a certificate which was revoked before they were added."""
        serials = iter(sorted(revoked))
        dialect = self._database.dialect.name
        query = (
            _versions()
            .add_columns(certificates.c.serial)
            .join(certificates, _SAME_VERSION)
            .where(versions.c.accepted == 1)
        )
        while batch := [*islice(serials, _PAGE)]:
            found = self._read(
                with_any_key(dialect, query, certificates.c.serial, "keys"), keys=format_keys(dialect, batch)
            )
            if rows := [row for row in found if format_instant(revoked[row.serial]) <= row.added_at]:
                yield rows

    def _read(self, query: Select[Any], **values: Any) -> Sequence[Row[Any]]:
        with open_reader(self._database, _WHAT) as connection:
            return connection.execute(query, values).all()


def _record(row: Row[Any], trust: str) -> Record:
    of_version = {name: getattr(row, name) for name in (*_OF_VERSION, *_OF_DOCUMENT)}
    return Record(TYPE, f"{row.document_id}/{row.version}", {**of_version, "trust": trust})


def _versions() -> Select[Any]:
    return select(*(versions.c[name] for name in _OF_VERSION), *(documents.c[name] for name in _OF_DOCUMENT)).join(
        documents, documents.c.document_id == versions.c.document_id
    )


_SAME_VERSION = and_(certificates.c.document_id == versions.c.document_id, certificates.c.version == versions.c.version)
