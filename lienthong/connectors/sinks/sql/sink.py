"""A sink that writes events into a table, configured by YAML alone."""

import weakref
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from lienthong.adapters.sql.external_database import failure_reason, open_external
from lienthong.connectors.protocols.database_url import DatabaseUrl
from lienthong.connectors.protocols.paths import path_function
from lienthong.connectors.sinks.sql.into import Into
from lienthong.connectors.sinks.sql.target import Row, Target, is_fault_of_row, refusal_of_row
from lienthong.connectors.sinks.sql.values import no_later_than
from lienthong.envelope import Envelope
from lienthong.errors import Rejected, Transient
from lienthong.messages import message
from lienthong.outcome import Dead, Done, Outcome
from lienthong.ports import Site, Transaction


class SqlSink:
    """Writes events into a table that exists.

    ```yaml
    use: lienthong.connectors.sinks.sql.SqlSink
    with:
      into:
        table: letters
        columns: {code: data.code, title: data.title, updated_at: time, event_id: id}
        key: [code]
        newer: updated_at
    ```

    - `into`: see `Into`. Values become those of the columns by the rules of `values.py`.
    - Without `url` the table is in the bus's own database, and its rows are written in the transaction of the ledger:
      they live or die together. With `url` (PostgreSQL or SQLite) they are written in a transaction of their own; an
      event may then be written again, which changes nothing, because its key is the same. Of versions of one row that
      come again in another order, the last one stays, unless `newer` names the column that orders them.
    - `timeout`: of a statement in another database.

    An event whose values do not fit, or that the database refuses, is dead; the others of its bundle are written.
    Raises `Transient` when the database does not answer, or the table is not as it must be, with the reason.
    """

    def __init__(
        self,
        site: Site,  # noqa: ARG002 - every connector is given the site; the ledger's transaction comes with a bundle
        *,
        into: Into,
        url: DatabaseUrl | None = None,
        timeout: timedelta = timedelta(minutes=1),
    ) -> None:
        self._into = into
        self._paths = {column: path_function(path) for column, path in into.columns.items()}
        self._target: Target | None = None
        self._engine = open_external(url, timeout=timeout, read_only=False) if url else None
        if self._engine:
            # Connectors have no close method, so the connections are closed when this object is collected.
            weakref.finalize(self, self._engine.dispose)

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        """Write a bundle by one statement, and row by row when the database refuses it."""
        if not envelopes:
            return []
        try:
            if self._engine is None:
                return self._deliver(envelopes, transaction.connection)
            with self._engine.begin() as connection:
                return self._deliver(envelopes, connection)
        except (DBAPIError, PoolExhausted) as error:
            self._target = None  # the table may have been changed: look at it again
            # `from None`: drivers write addresses and values into their messages.
            raise Transient(message("Writing the table: {why}", why=failure_reason(error))) from None

    def _deliver(self, envelopes: Sequence[Envelope], connection: Connection) -> Sequence[Outcome]:
        if self._target is None:
            self._target = Target(connection, self._into, in_our_database=self._engine is None)
        target = self._target
        outcomes: list[Outcome] = []
        rows: dict[int, Row] = {}
        for place, envelope in enumerate(envelopes):
            try:
                rows[place] = self._row(envelope, target)
                outcomes.append(Done(envelope))
            except Rejected as rejected:
                outcomes.append(Dead(rejected.why, field=rejected.field))
        if rows and not _write_all(connection, target, self._last_versions(rows.values(), target)):
            for place, row in rows.items():
                if why := _write_one(connection, target, row):
                    outcomes[place] = Dead(why)
        return outcomes

    def _last_versions(self, rows: Iterable[Row], target: Target) -> list[Row]:
        """Of rows with one key, the last one, or the newest."""
        last: dict[tuple[Any, ...], Row] = {}
        for row in rows:
            key = target.key(row)
            if key not in last or not self._is_older(row, last[key]):
                last[key] = row
        return list(last.values())

    def _row(self, envelope: Envelope, target: Target) -> Row:
        """The row of an event. Raises `Rejected`, naming the path of the value that does not fit."""
        event: Mapping[str, Any] = {**envelope.to_wire(), "data": envelope.data_dict()}
        row = {}
        for column, find in self._paths.items():
            path = self._into.columns[column]
            try:
                row[column] = target.value(column, find(event))
            except (ValueError, TypeError, OverflowError):
                why = message("The column `{column}` cannot hold the value of `{path}`", column=column, path=path)
                raise Rejected(why, field=path.removeprefix("data.")) from None
            if row[column] is None and column in self._into.key_columns:
                why = message("The key column `{column}` needs a value", column=column)
                raise Rejected(why, field=path.removeprefix("data."))
        newer = self._into.newer
        if newer and newer not in self._into.key_columns:
            row[newer] = no_later_than(envelope.received_at, row[newer])
        return row

    def _is_older(self, row: Row, other: Row) -> bool:
        newer = self._into.newer
        if newer is None or row[newer] is None or other[newer] is None:
            return False
        return bool(row[newer] < other[newer])


def _write_all(connection: Connection, target: Target, rows: Sequence[Row]) -> bool:
    """Write rows at once. False, and nothing is written, when the database refuses one of them."""
    try:
        with connection.begin_nested():
            target.write(connection, rows)
    except DBAPIError as error:
        if not is_fault_of_row(error):
            raise
        return False
    return True


def _write_one(connection: Connection, target: Target, row: Row) -> str | None:
    """Write one row. Returns why the database refuses it."""
    try:
        with connection.begin_nested():
            target.write(connection, [row])
    except DBAPIError as error:
        if not is_fault_of_row(error):
            raise
        return refusal_of_row(error)
    return None
