"""The code that the other system has for a dossier, and when deadlines began: what reports on a month are read by."""

import orjson
from alembic import op
from sqlalchemy import Column, String, inspect, text

revision = "0020"
down_revision = "0019"

_KEY = String().with_variant(String(collation="C"), "postgresql")
_BATCH = 5_000


def upgrade() -> None:
    present = inspect(op.get_bind())
    if "other_code" not in {column["name"] for column in present.get_columns("store_dossiers")}:
        op.add_column("store_dossiers", Column("other_code", _KEY))
        _fill()
        op.create_index("store_dossiers_by_other_code", "store_dossiers", ["source", "other_code"])
    if "store_deadlines_by_start" not in {one["name"] for one in present.get_indexes("store_deadlines")}:
        op.create_index("store_deadlines_by_start", "store_deadlines", ["rule", "started_at"])


def _fill() -> None:
    """Of each dossier, what its newest version states."""
    connection = op.get_bind()
    newest = text(
        "SELECT d.source, d.code, v.data FROM store_dossiers d LEFT JOIN store_dossier_versions v "
        "ON v.source = d.source AND v.code = d.code AND v.event_id = d.event_id "
        "WHERE d.source > :source OR (d.source = :source AND d.code > :code) "
        "ORDER BY d.source, d.code LIMIT :batch"
    )
    update = text("UPDATE store_dossiers SET other_code = :other WHERE source = :source AND code = :code")
    source = code = ""
    while rows := connection.execute(newest, {"source": source, "code": code, "batch": _BATCH}).all():
        found = [(row.source, row.code, orjson.loads(row.data or "{}").get("other_code")) for row in rows]
        values = [{"source": of, "code": named, "other": other} for of, named, other in found if other]
        if values:
            connection.execute(update, values)
        source, code, _ = found[-1]
