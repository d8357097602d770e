"""The data store (kho dữ liệu): its tables, shared by the sink that fills it and all that read it.

Instants are text of one fixed width in UTC (`2023-11-01T00:00:00.000000Z`) and dates `2023-11-01`, so that text order
is time order on SQLite and PostgreSQL alike and no value is converted on its way in or out.
"""

from datetime import UTC, datetime

from sqlalchemy import Column, Connection, Engine, Index, Integer, MetaData, String, Table, Text, inspect, text
from sqlalchemy.schema import CreateIndex, CreateTable

from lienthong.adapters.sql.errors import translate_errors

metadata = MetaData()

# Byte order: a linguistic collation of PostgreSQL would skip punctuation, and costs more per comparison.
Key = String().with_variant(String(collation="C"), "postgresql")

dossiers = Table(
    "store_dossiers",
    metadata,
    Column("source", Key, primary_key=True),
    Column("code", Key, primary_key=True),
    Column("event_id", Key, nullable=False),
    Column("updated_at", Key, nullable=False),
    Column("observed_at", Key, nullable=False),
    Column("procedure", String, nullable=False),
    Column("procedure_name", String),
    Column("online_level", String),
    Column("channel", String),
    Column("status", Integer),
    Column("agency", String),
    Column("agency_name", String),
    Column("officer", String),
    Column("identity", Key),
    Column("accepted_at", Key),
    Column("appointment_at", Key),
    Column("completed_at", Key),
    Column("quality", String, nullable=False),
    Index("store_dossiers_by_acceptance", "source", "accepted_at"),
)
"""The newest version of each dossier; `quality` holds its flags, separated by spaces. All it says is in the history,
under the same source, code and event id."""

dossier_versions = Table(
    "store_dossier_versions",
    metadata,
    Column("source", Key, primary_key=True),
    Column("code", Key, primary_key=True),
    Column("event_id", Key, primary_key=True),
    Column("updated_at", Key, nullable=False),
    Column("data", Text, nullable=False),
)
"""Every version once, `data` its JSON (QĐ 27/2020: the history of a dossier is kept and its code never changes).

The versions of a dossier lie together, and dossiers in the order of their codes: event ids alone are random, and would
send every row to another page."""

service_periods = Table(
    "store_service_periods",
    metadata,
    Column("staff_no", Key, primary_key=True),
    Column("starts_on", Key, primary_key=True),
    Column("identity", Key),
    Column("old_identity", Key),
    Column("category", String, nullable=False),
    Column("agency", Key, nullable=False),
    Column("agency_name", String),
    Column("position", String),
    Column("ends_on", Key),
    Column("updated_at", Key, nullable=False),
    Column("observed_at", Key, nullable=False),
    Column("event_id", Key, nullable=False),
    Index("store_service_periods_by_identity", "identity"),
    Index("store_service_periods_by_old_identity", "old_identity"),
)
"""Periods of service `[starts_on, ends_on)` of civil servants, by the newest word on each."""

accounts = Table(
    "store_accounts",
    metadata,
    Column("identity", Key, primary_key=True),
    Column("level", Integer, primary_key=True),
    Column("activated_at", Key, primary_key=True),
    Column("account_type", String),
    Column("observed_at", Key, nullable=False),
    Column("event_id", Key, nullable=False),
)
"""States of VNeID accounts: from `activated_at` on, the account of `identity` has `level`."""

NEWER: dict[str, tuple[str, ...]] = {
    dossiers.name: ("updated_at", "observed_at", "event_id"),
    service_periods.name: ("updated_at", "observed_at", "event_id"),
    accounts.name: ("observed_at", "event_id"),
}
"""What orders the versions of one row. The event id comes last, so that no two versions are ever equal."""

_CREATION_LOCK = 0x6C69656E


def create(engine: Engine) -> None:
    """Make the tables that are missing. Any number of processes may do so at once; a few queries when none is."""
    with translate_errors("kho dữ liệu không trả lời"), engine.connect() as reader:
        complete = not _missing(reader) and not _versions_by_event(reader) and not _data_twice(reader)
    if complete:
        return
    writing = engine.execution_options(writing=True)
    with translate_errors("kho dữ liệu không trả lời"), writing.begin() as connection:
        if connection.dialect.name == "postgresql":
            # IF NOT EXISTS alone still fails there when two sessions create the same table at the same moment.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CREATION_LOCK})
        if _versions_by_event(connection):
            _order_versions_by_dossier(connection)
        for table in metadata.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
            for index in sorted(table.indexes, key=lambda index: str(index.name)):
                connection.execute(CreateIndex(index, if_not_exists=True))
        if _data_twice(connection):
            _keep_data_once(connection)


def _missing(connection: Connection) -> set[str]:
    return metadata.tables.keys() - set(inspect(connection).get_table_names())


def _versions_by_event(connection: Connection) -> bool:
    """Whether the history has the key it had at first: the event id alone."""
    there = inspect(connection)
    name = dossier_versions.name
    return there.has_table(name) and there.get_pk_constraint(name)["constrained_columns"] == ["event_id"]


def _order_versions_by_dossier(connection: Connection) -> None:
    """The same rows under the key of today. What the first key held once, the second holds once."""
    old, names = f"{dossier_versions.name}_old", ", ".join(column.name for column in dossier_versions.columns)
    indexes = inspect(connection).get_indexes(dossier_versions.name)
    for index in indexes:
        connection.execute(text(f"DROP INDEX {index['name']}"))
    connection.execute(text(f"ALTER TABLE {dossier_versions.name} RENAME TO {old}"))
    if connection.dialect.name == "postgresql":  # where the name of a key is one of its schema, not of its table
        connection.execute(text(f"ALTER TABLE {old} DROP CONSTRAINT {dossier_versions.name}_pkey"))
    connection.execute(CreateTable(dossier_versions))
    rows = f"SELECT {names} FROM {old} ORDER BY source, code, event_id"  # noqa: S608 - our own names
    connection.execute(text(f"INSERT INTO {dossier_versions.name} ({names}) {rows}"))
    connection.execute(text(f"DROP TABLE {old}"))


def _data_twice(connection: Connection) -> bool:
    """Whether the newest version still holds what the history says of it."""
    there = inspect(connection)
    return there.has_table(dossiers.name) and any(c["name"] == "data" for c in there.get_columns(dossiers.name))


def _keep_data_once(connection: Connection) -> None:
    """First what the history does not have, should there be any, is given to it."""
    versions = dossier_versions.name
    names = ", ".join(column.name for column in dossier_versions.columns)
    rows = f"SELECT {names} FROM {dossiers.name} WHERE true ON CONFLICT DO NOTHING"  # noqa: S608 - our own names
    connection.execute(text(f"INSERT INTO {versions} ({names}) {rows}"))
    connection.execute(text(f"ALTER TABLE {dossiers.name} DROP COLUMN data"))


def instant(moment: str | datetime) -> str:
    """An instant with offset as the store writes it. Raises ValueError for one without an offset."""
    if isinstance(moment, str):
        if moment[19:] == "Z":  # how pydantic writes whole seconds: nearly every instant there is
            return f"{moment[:19]}.000000Z"
        if len(moment) == 27 and moment[19] == "." and moment[26] == "Z" and moment[20:26].isdecimal():
            return moment  # and how it writes microseconds: ours already
        moment = datetime.fromisoformat(moment)
    if moment.tzinfo is None:
        raise ValueError("an instant without an offset")
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def moment(instant: str | None) -> datetime | None:
    """The UTC datetime an instant of the store stands for; None for NULL."""
    return None if instant is None else moment_of(instant)


def moment_of(instant: str) -> datetime:
    """The UTC datetime an instant of the store stands for."""
    return datetime.fromisoformat(instant)
