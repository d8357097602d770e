"""Both numbers of a citizen, where a dossier or a sign-in states both: documents are found under either."""

from alembic import op
from sqlalchemy import Column, String, inspect, text

revision = "0024"
down_revision = "0023"

_KEY = String().with_variant(String(collation="C"), "postgresql")
_TWO = text("other_identity IS NOT NULL")


def upgrade() -> None:
    present = inspect(op.get_bind())
    if "other_identity" not in {column["name"] for column in present.get_columns("store_dossiers")}:
        op.add_column("store_dossiers", Column("other_identity", _KEY))
    known = {one["name"] for one in present.get_indexes("store_dossiers")}
    for name, column in (("store_dossiers_by_one_of_two", "identity"), ("store_dossiers_by_other", "other_identity")):
        if name not in known:
            op.create_index(name, "store_dossiers", [column], postgresql_where=_TWO, sqlite_where=_TWO)
    if not present.has_table("store_sign_in_numbers"):
        op.create_table(
            "store_sign_in_numbers",
            Column("identity", _KEY, primary_key=True),
            Column("old_identity", _KEY, nullable=False),
            Column("observed_at", _KEY, nullable=False),
            Column("event_id", _KEY, nullable=False),
        )
        op.create_index("store_sign_in_numbers_by_old_identity", "store_sign_in_numbers", ["old_identity"])
