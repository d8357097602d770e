"""A source that reads rows of a database by a query with a watermark, configured by YAML alone."""

import re
import weakref
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from sqlalchemy import Engine, Result, TextClause, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from lienthong.adapters.sql.external_database import failure_reason, open_external
from lienthong.connectors.protocols.database_url import DatabaseUrl
from lienthong.connectors.protocols.json_values import json_value
from lienthong.connectors.protocols.records import PageSize, sound_record
from lienthong.connectors.protocols.shapes import Text, refusal
from lienthong.connectors.sources.sql.since import Mark, SqlSince, WrongKind, newest, to_json
from lienthong.errors import Transient
from lienthong.messages import message
from lienthong.ports import Cursor, Page, Record, Site

PARAMETER = "since"

_READS = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*(?:SELECT|WITH)\b", re.IGNORECASE | re.DOTALL)


def _query(value: str) -> str:
    query = value.strip().rstrip(";")
    if not _READS.match(query) or ";" in query:
        advice = message("write one query that begins with SELECT or WITH")
    elif set(text(query).compile().params) != {PARAMETER}:
        advice = message("write the watermark as `:since`, as in `WHERE updated_at >= :since`, and no other parameter")
    else:
        return query
    raise refusal(advice)


class Sql:
    """Reads rows of a database, oldest first.

    ```yaml
    use: lienthong.connectors.sources.sql.Sql
    every: 5m
    with:
      url: ${LETTERS_DATABASE}
      type: letter.seen
      query: SELECT code, title, updated_at FROM letters WHERE updated_at >= :since
      since: {column: updated_at}
      key: [code]
    ```

    - `url`: any database that SQLAlchemy has an installed driver for, such as `postgresql://user:password@host/name`.
    - `query`: one SELECT with the parameter `:since`. Write `>=`: rows with equal watermarks are then read again and
      recognised by the ids of their events, and none is lost. Write no ORDER BY and no LIMIT; the source adds what it
      needs.
    - `since`: see `SqlSince`. `key`: the columns of the natural key; several are joined with "/".
    - Values become JSON by the rule of `protocols/json_values.py`: moments in ISO 8601, decimal numbers as text, bytes
      in base64.
    - The transaction is read-only on PostgreSQL and SQLite, and is never committed elsewhere.
    - Limits: `row_limit` rows a poll (the next one continues), `page_size` rows a page, `timeout` a statement.

    The cursor is `{"since": watermark}`. It moves on with each page, because rows come in the order of the watermark.
    Raises `Transient` with the reason when the database does not answer or refuses the query.
    """

    def __init__(
        self,
        site: Site,
        *,
        url: DatabaseUrl,
        type: Text,  # noqa: A002 - the word of the events it makes
        query: Annotated[str, AfterValidator(_query)],
        since: SqlSince,
        key: Annotated[tuple[Text, ...], Field(min_length=1)],
        page_size: PageSize = 500,
        row_limit: Annotated[int, Field(ge=1)] = 100_000,
        timeout: timedelta = timedelta(minutes=5),
    ) -> None:
        self._clock = site.clock
        self._engine = open_external(url, timeout=timeout, read_only=True)
        # Connectors have no close method, so the connections are closed when this object is collected.
        weakref.finalize(self, self._engine.dispose)
        self._statement = _ordered(query, since.column, self._engine)
        self._type = type
        self._since = since
        self._key = key
        self._page_size = page_size
        self._row_limit = row_limit

    def poll(self, cursor: Cursor) -> Iterator[Page]:
        """Pages in the order of the watermark, each with the watermark of its last row."""
        try:
            yield from self._poll(cursor)
        except (DBAPIError, PoolExhausted) as error:
            # `from None`: drivers write addresses and names into their messages.
            raise Transient(message("Reading the database: {why}", why=failure_reason(error))) from None

    def _poll(self, cursor: Cursor) -> Iterator[Page]:
        if self._engine.dialect.name == "sqlite" and self._since.kind in ("timestamp", "date"):
            # It would compare the parameter with text or numbers, and find nothing for ever.
            raise Transient(message("SQLite has no type for moments: write the kind `text` or `integer`"))
        found = self._since.from_json(cursor[PARAMETER]) if PARAMETER in cursor else None
        before = self._since.believable(found, self._clock.now())
        mark, rows_left = before, self._row_limit
        with self._engine.connect() as connection:
            streaming = connection.execution_options(stream_results=True, max_row_buffer=self._page_size)
            with streaming.execute(self._statement, {PARAMETER: self._since.begin(before)}) as result:
                names = self._columns(result)
                for rows in result.partitions(self._page_size):
                    mark = self._newest(mark, rows, names)
                    yield Page(
                        [self._record(names, row) for row in rows], {} if mark is None else {PARAMETER: to_json(mark)}
                    )
                    rows_left -= len(rows)
                    # The next poll must begin later than this one did, or it would read the same rows for ever.
                    if rows_left <= 0 and mark != before:
                        return

    def _columns(self, result: Result[Any]) -> list[str]:
        names = list(result.keys())
        shown = ", ".join(names)
        for column in (self._since.column, *self._key):
            if column not in names:
                why = message("The query has no column `{column}`; it has: {columns}", column=column, columns=shown)
                raise Transient(why)
        if len(set(names)) < len(names):
            raise Transient(message("The query has two columns of one name: {columns}", columns=shown))
        return names

    def _newest(self, mark: Mark | None, rows: Sequence[Sequence[Any]], names: list[str]) -> Mark | None:
        place = names.index(self._since.column)
        now = self._clock.now()
        values = (row[place] for row in reversed(rows) if _is_mark(row[place]))
        value = next((value for value in values if not self._since.lies_ahead(value, now)), None)
        if value is None:
            return mark
        try:
            return newest(mark, self._since.from_row(value, now))
        except WrongKind as wrong:
            facts = {"column": self._since.column, "found": str(wrong), "kind": self._since.kind}
            why = message("The column `{column}` has values of the type {found}, which is not `{kind}`", **facts)
            raise Transient(why) from None

    def _record(self, names: list[str], row: Sequence[Any]) -> Record:
        body = {name: json_value(value) for name, value in zip(names, row, strict=True)}
        return sound_record(self._type, body, lambda values: [values[column] for column in self._key])


def _is_mark(value: object) -> bool:
    """Whether the cursor could keep a value: a text that is no UTF-8 is no watermark."""
    return value is not None and not (isinstance(value, str) and re.search("[\ud800-\udfff]", value))


def _ordered(query: str, column: str, engine: Engine) -> TextClause:
    name = engine.dialect.identifier_preparer.quote(column)
    return text(f"SELECT * FROM (\n{query}\n) lienthong_rows ORDER BY {name}")  # noqa: S608 - the project's own query
