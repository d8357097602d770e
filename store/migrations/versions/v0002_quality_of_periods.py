"""Periods of service keep their quality flags: the reports count numbers that a spreadsheet has spoilt.

The flags of rows that are there already are not known (null). They come with the next version of each period.
"""

from alembic import op
from sqlalchemy import Column, String, inspect

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    columns = inspect(op.get_bind()).get_columns("store_service_periods")
    if not any(column["name"] == "quality" for column in columns):
        op.add_column("store_service_periods", Column("quality", String))
