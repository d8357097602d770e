"""Create the data store's tables, or bring those of an earlier version to the same shape.

Earlier versions recorded no step. Their tables have one of three shapes, and some may be missing:
1. the history of dossiers has the key `event_id` alone, and `store_dossiers` repeats its JSON in the column `data`;
2. the history has the key `(source, code, event_id)`, and `store_dossiers` still has the column `data`;
3. the shape made here.
"""

from alembic import op
from sqlalchemy import Column, Connection, Index, Integer, MetaData, String, Table, Text, inspect, text
from sqlalchemy.schema import CreateIndex, CreateTable

revision = "0001"
down_revision = None

metadata = MetaData()
"""The tables as this step leaves them, and never changed afterwards. Today's tables are in `store.tables`."""

_KEY = String().with_variant(String(collation="C"), "postgresql")

_DOSSIERS = Table(
    "store_dossiers",
    metadata,
    Column("source", _KEY, primary_key=True),
    Column("code", _KEY, primary_key=True),
    Column("event_id", _KEY, nullable=False),
    Column("updated_at", _KEY, nullable=False),
    Column("observed_at", _KEY, nullable=False),
    Column("procedure", String, nullable=False),
    Column("procedure_name", String),
    Column("online_level", String),
    Column("channel", String),
    Column("status", Integer),
    Column("agency", String),
    Column("agency_name", String),
    Column("officer", String),
    Column("identity", _KEY),
    Column("accepted_at", _KEY),
    Column("appointment_at", _KEY),
    Column("completed_at", _KEY),
    Column("quality", String, nullable=False),
    Index("store_dossiers_by_acceptance", "source", "accepted_at"),
)
_VERSIONS = Table(
    "store_dossier_versions",
    metadata,
    Column("source", _KEY, primary_key=True),
    Column("code", _KEY, primary_key=True),
    Column("event_id", _KEY, primary_key=True),
    Column("updated_at", _KEY, nullable=False),
    Column("data", Text, nullable=False),
)
Table(
    "store_service_periods",
    metadata,
    Column("staff_no", _KEY, primary_key=True),
    Column("starts_on", _KEY, primary_key=True),
    Column("identity", _KEY),
    Column("old_identity", _KEY),
    Column("category", String, nullable=False),
    Column("agency", _KEY, nullable=False),
    Column("agency_name", String),
    Column("position", String),
    Column("ends_on", _KEY),
    Column("updated_at", _KEY, nullable=False),
    Column("observed_at", _KEY, nullable=False),
    Column("event_id", _KEY, nullable=False),
    Index("store_service_periods_by_identity", "identity"),
    Index("store_service_periods_by_old_identity", "old_identity"),
)
Table(
    "store_accounts",
    metadata,
    Column("identity", _KEY, primary_key=True),
    Column("level", Integer, primary_key=True),
    Column("activated_at", _KEY, primary_key=True),
    Column("account_type", String),
    Column("observed_at", _KEY, nullable=False),
    Column("event_id", _KEY, nullable=False),
)


def upgrade() -> None:
    connection = op.get_bind()
    if _primary_key(connection) == ["event_id"]:
        _rekey_history(connection)
    for table in metadata.sorted_tables:
        connection.execute(CreateTable(table, if_not_exists=True))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            connection.execute(CreateIndex(index, if_not_exists=True))
    if any(column["name"] == "data" for column in inspect(connection).get_columns(_DOSSIERS.name)):
        _move_data_to_history(connection)


def _primary_key(connection: Connection) -> list[str]:
    """The key of the history; empty when there is no such table."""
    inspector = inspect(connection)
    if not inspector.has_table(_VERSIONS.name):
        return []
    return list(inspector.get_pk_constraint(_VERSIONS.name)["constrained_columns"])


def _rekey_history(connection: Connection) -> None:
    """Copy the history into a table with today's key. Event ids are unique, so no two rows meet there."""
    old, columns = f"{_VERSIONS.name}_old", ", ".join(column.name for column in _VERSIONS.columns)
    for index in inspect(connection).get_indexes(_VERSIONS.name):
        connection.execute(text(f"DROP INDEX {index['name']}"))
    connection.execute(text(f"ALTER TABLE {_VERSIONS.name} RENAME TO {old}"))
    if connection.dialect.name == "postgresql":  # the name of a constraint is unique in the schema there
        connection.execute(text(f"ALTER TABLE {old} DROP CONSTRAINT {_VERSIONS.name}_pkey"))
    connection.execute(CreateTable(_VERSIONS))
    rows = f"SELECT {columns} FROM {old} ORDER BY source, code, event_id"  # noqa: S608 - names of this file
    connection.execute(text(f"INSERT INTO {_VERSIONS.name} ({columns}) {rows}"))
    connection.execute(text(f"DROP TABLE {old}"))


def _move_data_to_history(connection: Connection) -> None:
    """Drop the column `data` of `store_dossiers`. A version that the history lacks is first copied there."""
    columns = ", ".join(column.name for column in _VERSIONS.columns)
    rows = f"SELECT {columns} FROM {_DOSSIERS.name} WHERE true ON CONFLICT DO NOTHING"  # noqa: S608 - names of this file
    connection.execute(text(f"INSERT INTO {_VERSIONS.name} ({columns}) {rows}"))
    connection.execute(text(f"ALTER TABLE {_DOSSIERS.name} DROP COLUMN data"))
