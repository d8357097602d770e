"""The table of the bodies that are kept, as the code sees it. The migrations create it.

A row is written before its body has its name, and removed after its body: no body is without a row for long.
Instants are ISO 8601 text in UTC.
"""

from sqlalchemy import BigInteger, Column, Table, Text

from lienthong.adapters.sql.schema import metadata

file_names = Table(
    "file_names",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("named_at", Text, nullable=False, index=True),  # when an upload last named it
    Column("deleting_until", Text, nullable=False, server_default=""),  # until then it may vanish: see `begin_deletion`
)
