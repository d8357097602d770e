"""Agencies and units, accounts of the portal, and when and with whose help a dossier was filed."""

from datetime import UTC, datetime

import orjson
from alembic import op
from sqlalchemy import Column, Integer, String, Text, inspect, text

revision = "0018"
down_revision = "0017"

_KEY = String().with_variant(String(collation="C"), "postgresql")
_BATCH = 5_000


def upgrade() -> None:
    tables = set(inspect(op.get_bind()).get_table_names())  # some are present where their step was not recorded
    if "store_units" not in tables:
        op.create_table(
            "store_units",
            Column("code", _KEY, primary_key=True),
            Column("starts_on", _KEY, primary_key=True),
            Column("name", String),
            Column("level", String),
            Column("parent", _KEY),
            Column("codes", Text, nullable=False),
            Column("ends_on", _KEY),
            Column("successors", Text, nullable=False),
            Column("email", String),
            Column("calendar", String),
            Column("receives", Integer, nullable=False),
            Column("quality", String, nullable=False),
            Column("observed_at", _KEY, nullable=False),
            Column("event_id", _KEY, nullable=False),
        )
    if "store_portal_accounts" not in tables:
        op.create_table(
            "store_portal_accounts",
            Column("account", _KEY, primary_key=True),
            Column("opened_at", _KEY, nullable=False),
            Column("assisted_by", _KEY),
            Column("quality", String, nullable=False),
            Column("observed_at", _KEY, nullable=False),
            Column("event_id", _KEY, nullable=False),
        )
        op.create_index("store_portal_accounts_by_opening", "store_portal_accounts", ["opened_at", "assisted_by"])
    if "submitted_at" not in {column["name"] for column in inspect(op.get_bind()).get_columns("store_dossiers")}:
        op.add_column("store_dossiers", Column("submitted_at", _KEY))
        op.add_column("store_dossiers", Column("assisted_by", _KEY))
        _fill()
        op.create_index("store_dossiers_by_submission", "store_dossiers", ["source", "submitted_at"])


def _fill() -> None:
    """Of each dossier, when it was filed: its newest version tells. Help was not read until now."""
    connection = op.get_bind()
    newest = text(
        "SELECT d.source, d.code, v.data FROM store_dossiers d JOIN store_dossier_versions v "
        "ON v.source = d.source AND v.code = d.code AND v.event_id = d.event_id "
        "WHERE d.source > :source OR (d.source = :source AND d.code > :code) "
        "ORDER BY d.source, d.code LIMIT :batch"
    )
    update = text("UPDATE store_dossiers SET submitted_at = :at WHERE source = :source AND code = :code")
    source = code = ""
    while rows := connection.execute(newest, {"source": source, "code": code, "batch": _BATCH}).all():
        found = [(row.source, row.code, orjson.loads(row.data).get("submitted_at")) for row in rows]
        values = [{"source": of, "code": named, "at": _instant(at)} for of, named, at in found if at]
        if values:
            connection.execute(update, values)
        source, code, _ = found[-1]


def _instant(value: str) -> str:
    """An instant in the form of the store, of one width: `2023-11-01T00:00:00.000000Z`."""
    moment = datetime.fromisoformat(value).astimezone(UTC)
    return f"{moment.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
