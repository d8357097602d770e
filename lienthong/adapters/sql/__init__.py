"""The ledger in SQL, over SQLAlchemy; and the toolbox for a project's own tables in the same database.

A project's code that has tables of its own (sinks, lookups, readers) imports from here and from nothing deeper:

- `Upsert`, `upsert_rows` merge many rows into tables where their keys may be known; `write_rows` writes rows with new
  keys. Both use the connection of the transaction they are given, COPY on PostgreSQL and few statements on SQLite.
- `open_reader(database, what)` opens a connection for queries. It raises `Transient`, beginning with `what`, when the
  database does not answer.
- `translate_errors(what)` does the same for errors inside its block. Errors that a retry cannot help pass unchanged.
- `with_any_key(dialect, query, column, parameter)` is a query for any number of keys in one parameter, by an index
  lookup for each; `matches_any_key(dialect, column, parameter)` is such a condition, for small tables;
  `format_keys(dialect, keys)` is the value of that parameter. `with_any_key_besides` leaves out one row of each key;
  `format_pairs` gives its parameters.
- `find_last_reads(connection, sources)` tells when sources were last read without an error, `find_received(connection,
  source, event_ids)` which events of a source the ledger received.
- `lease(database, name)` is a block that one process at a time enters as the holder (True); others get False at once.
- `is_return(column)` is the condition that an event, by its id, returns to an earlier content of its record.
- `Database` is the type of `Site.database`.

Tables themselves are made by migrations (`migrations` in `config/bus.yaml`), never by code that uses them.
Names are loaded when they are first used, so that importing this package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lienthong.adapters.sql.bulk import Upsert as Upsert
    from lienthong.adapters.sql.bulk import upsert_rows as upsert_rows
    from lienthong.adapters.sql.bulk import write_rows as write_rows
    from lienthong.adapters.sql.database import Database as Database
    from lienthong.adapters.sql.database import open_reader as open_reader
    from lienthong.adapters.sql.errors import translate_errors as translate_errors
    from lienthong.adapters.sql.key_queries import format_keys as format_keys
    from lienthong.adapters.sql.key_queries import format_pairs as format_pairs
    from lienthong.adapters.sql.key_queries import matches_any_key as matches_any_key
    from lienthong.adapters.sql.key_queries import with_any_key as with_any_key
    from lienthong.adapters.sql.key_queries import with_any_key_besides as with_any_key_besides
    from lienthong.adapters.sql.leases import lease as lease
    from lienthong.adapters.sql.predicates import is_return as is_return
    from lienthong.adapters.sql.readings import find_last_reads as find_last_reads
    from lienthong.adapters.sql.readings import find_received as find_received

_MODULES = {
    "Database": "database",
    "Upsert": "bulk",
    "find_last_reads": "readings",
    "find_received": "readings",
    "format_keys": "key_queries",
    "format_pairs": "key_queries",
    "is_return": "predicates",
    "lease": "leases",
    "matches_any_key": "key_queries",
    "open_reader": "database",
    "translate_errors": "errors",
    "upsert_rows": "bulk",
    "with_any_key": "key_queries",
    "with_any_key_besides": "key_queries",
    "write_rows": "bulk",
}

__all__ = sorted(_MODULES)  # noqa: PLE0605 - sorted gives a list


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return list(__all__)
