"""What the data store's tables are made with."""

from sqlalchemy import MetaData, String

metadata = MetaData()
"""All tables of the data store, once `store.tables` is imported."""

Key = String().with_variant(String(collation="C"), "postgresql")
"""Text in byte order: a linguistic collation of PostgreSQL would ignore punctuation, and costs more per comparison."""
