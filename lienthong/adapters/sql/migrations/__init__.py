"""The ledger's tables, brought to this version's shape step by step. `versions/` holds the steps, oldest first."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from lienthong.adapters.sql.errors import translate_errors

VERSION_TABLE = "lienthong_schema"

HEAD = "0006"
"""The last step. Stands here so that an up-to-date database costs two short look-ups and no import of Alembic."""

_LOCK = 0x6C69656E0001
"""PostgreSQL's advisory lock of whoever changes the shape of tables."""


def bring_up(engine: Engine) -> None:
    """Make or upgrade the ledger's tables. Any number of processes may do so at once; all or nothing is done."""
    with translate_errors():
        with engine.connect() as connection:
            if _version(connection) == HEAD:
                return
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            if _version(connection) != HEAD:
                _upgrade(connection)


def _version(connection: Connection) -> str | None:
    if connection.dialect.name == "postgresql":
        # A missing table would be an error and end the transaction; to_regclass answers NULL.
        found = connection.scalar(text("SELECT to_regclass(:name)"), {"name": VERSION_TABLE})
    else:
        found = inspect(connection).has_table(VERSION_TABLE)
    if not found:
        return None
    return str(connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")))  # noqa: S608 - our own constant


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
